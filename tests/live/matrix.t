#!/usr/bin/perl
# The exhaustive matrix against the live kernel: every cell has a verdict that a documented cause explains; neither seed nor order, number of processes, load or engine changes one; and each line of the
# known deviations is needed. MATRIX (pairwise): the set of cells, exhaustive in continuous integration. MATRIX_LOADED (0): how often it is played with both cores busy.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use File::Copy qw(copy);
use File::Temp ();
use Test::More;

my $set = $ENV{MATRIX} || 'pairwise';
my $loaded = $ENV{MATRIX_LOADED} // 0;

sub counted {
	my ($judged) = @_;
	my %count;
	$count{ (split / /, $_)[0] }++ for values %$judged;
	return \%count;
}

sub same {
	my ($name, $got, $want) = @_;
	my @differ = sort(grep({ ($got->{$_} // 'absent') ne $want->{$_} } keys %$want), grep { !exists $want->{$_} } keys %$got);
	ok(!@differ, $name);
	diag("$_: " . ($want->{$_} // 'absent') . ', now ' . ($got->{$_} // 'absent')) for splice(@differ, 0, 20);
}

my @exhaustive = ('--axes', $set, '--quiet', 'matrix/*');
my ($want, $code, $end, $printed) = judged('--seed', 1, @exhaustive);
my %count = %{ counted($want) };
cmp_ok(scalar(keys %$want), '>=', $set eq 'exhaustive' ? 60000 : $set eq 'full' ? 20000 : 1900, "$set: " . scalar(keys %$want) . ' verdicts');
is($count{INCONCLUSIVE} // 0, 0, 'none is INCONCLUSIVE');
is(($count{FAIL} // 0) + ($count{XPASS} // 0), 0, 'every FAIL belongs to a documented cause') or diag($printed);
is($code, 0, 'exit code 0');
same('another seed, shuffled, by two processes: the same', (judged('--seed', 2, '--shuffle', '-j', 2, @exhaustive))[0], $want);

sub burn { # a process that burns one core until it is ended
	my $pid = fork() // die "fork: $!";
	return $pid if $pid;
	1 while 1;
}
my @burners = map { burn() } 1 .. ($loaded ? 4 : 0);
same("loaded run $_ of $loaded: the same", (judged('--seed', int(rand(2**31)), '--shuffle', '-j', 1 + $_ % 2, @exhaustive))[0], $want) for 1 .. $loaded;
kill 'KILL', @burners;
waitpid $_, 0 for @burners;

# Two engines: one plays a cell at a time and ends its connection at once, the other waits for whatever may come, thousands at a time.
my @full = ('--axes', $set eq 'pairwise' ? 'base' : 'full', '--quiet', 'matrix/*');
same("$full[1]: the patient engine sees the same", (judged('--patient', @full))[0], $set eq 'full' ? $want : (judged(@full))[0]);

# Every KNOWN is excused by exactly one line, and every line excuses some: without it they would be FAILs.
my @lines = grep { $_->{glob} =~ m{^matrix/} } @{ $end->{known} // [] };
my $excused = 0;
$excused += $_->{excused} for @lines;
is($excused, $count{KNOWN} // 0, 'the known lines excuse ' . ($count{KNOWN} // 0) . ' cells, each by one line');
my @idle = grep { !$_->{excused} } @lines;
ok(@lines && ($set ne 'exhaustive' || !@idle), 'none of ' . @lines . ' lines is idle') or diag(join "\n", map { "$_->{at} $_->{glob}" } @idle);

# The same target with another list of known deviations.
sub with_known {
	my ($change, @args) = @_;
	my $own = File::Temp->newdir;
	for my $file (glob 'targets/linux/*') { copy($file, "$own") or die "$file: $!" if -f $file }
	open(my $in, '<', 'targets/linux/known.tsv') or die "known.tsv: $!";
	my @text = $change->(<$in>);
	open(my $out, '>', "$own/known.tsv") or die "$own: $!";
	print $out @text;
	close $out;
	return judged('-t', "$own/target.ini", @args);
}
my ($needed) = map { $_->{at} =~ /:(\d+)$/ } grep { $_->{excused} } @lines;
my ($without, $failed) = with_known(sub { my @t = @_; splice(@t, $needed - 1, 1); return @t }, @exhaustive);
is($failed, 1, 'a run without one of the lines fails');
cmp_ok(counted($without)->{FAIL} // 0, '>', 0, 'by the cells that it excused');
my ($stale, $xpass) = with_known(sub { return (@_, "matrix/closed/none/any/-/0/*\t(silence) => CLOSED\tRFC 9293 3.10.7.1\ta made-up line\t6.18\n") }, '--axes', 'exhaustive', '--quiet', 'matrix/closed/*');
is($xpass, 1, 'so does one with a line that matches nothing that fails');
cmp_ok(counted($stale)->{XPASS} // 0, '>', 0, 'XPASS');

# The README tells the count.
open(my $readme, '<', 'README.md') or die "README.md: $!";
my $shown = do { local $/; <$readme> };
SKIP: {
	my ($kernel) = $shown =~ /^# kernel: (\d+\.\d+)/m;
	skip "the README tells of the exhaustive set", 1 if $set ne 'exhaustive';
	skip "the README is of Linux $kernel", 1 if `uname -r` !~ /^\Q$kernel\E\./;
	is(($shown =~ /^<!-- fill: begin exhaustive -->.*?^(# \d+ cells: .* of \d{5,})$/ms)[0], ($printed =~ /^(# \d+ cells: .*)$/m)[0], 'the README tells this count') or diag('tests/readme.sh rewrites it');
}
done_testing();
