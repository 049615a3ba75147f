#!/usr/bin/perl
# `tcpspec fuzz`, `replay`, `minimise` and `promote`, over a harness that is made up, which says what harnesses say; and, of the true ones that are built in $FUZZ, that a stack's findings die apart from each other. Nothing is fuzzed.
use strict;
use warnings;
use lib 'tests/live';
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Temp ();
use JSON::XS ();
use Live;
use Test::More;

alarm 300; # what waits for a program that never comes does not wait for ever

# A copy of the command, with a harness beside it.
$ENV{FUZZ} = abs_path($ENV{FUZZ}) if $ENV{FUZZ};
my $room = File::Temp->newdir;
my $command = "$room/tcpspec";
copy(command(), $command) or die "$command: $!";
chmod 0755, $command;
mkdir "$room/$_" or die "$room/$_: $!" for qw(fuzz data data/suite);
$ENV{TCPSPEC_DATA} = "$room/data";

# What it does at its first start in a folder of findings, at its second, ... and over the corpus alone.
sub harness {
	my ($name, $text) = @_;
	open(my $to, '>', "$room/fuzz/fuzz_$name") or die $!;
	print $to "#!/usr/bin/perl\nuse strict;\nuse warnings;\nmy %said = map { /^-+([a-z_]+)=?(.*)/ ? (\$1 => \$2) : () } \@ARGV;\n\$| = 1;\n$text";
	close $to or die $!;
	chmod 0755, "$room/fuzz/fuzz_$name";
}

sub asked { return told_by('env', '-C', "$room", $command, @_) }

sub slurp { my ($path) = @_; open(my $in, '<', $path) or return ''; local $/; return <$in> }

harness('told', <<'END');
my $n = exists $said{runs} && $said{runs} eq '0';
if (exists $said{replay}) { print "INFO: Seed\nFINDING judge_no_reply in LISTEN: nothing\nwords [RFC 9293 3.9.1: a clause]\na ladder\n"; exit 1 }
if (exists $said{ladder}) { print "INFO: Seed\n# A title\nid:     fuzz/input\nlevel:  MUST\nref:    RFC 1\nplays:  B\n\n 1.  CLOSED   CLOSED\n"; exit 0 }
if (exists $said{minimise}) { open(my $to, '>', $said{minimise}); print $to 'ab'; close $to; print "minimise: done\n"; exit 0 }
if (open(my $to, '>', $said{report})) { print $to '{"inputs":5000,"transitions":[{"from":"CLOSED","to":"LISTEN","count":7}],"sums":{"known":3},"causes":{"a deviation":3}}' }
print "INFO: Loaded 1 modules   (100 inline 8-bit counters): 100 [0x1, 0x2),\n#2\tINITED cov: 5 ft: 6 corp: 3/10b exec/s: 0 rss: 30Mb\n";
if ($n) { print "COVERED_FUNC: hits: 2 edges: 3/5 one /a/b/c/x.c:12\n  UNCOVERED_PC: /a/b/c/x.c:13\nUNCOVERED_FUNC: hits: 0 edges: 0/4 two /a/b/y.c:1\n"; exit 0 }
print "status: inputs 4096 states 2 transitions 1 findings 2\n";
for (1 .. 2) {
	open(my $to, '>', "$said{collect}/finding-1"); print $to 'abcd'; close $to;
	print "FINDING judge_no_reply in LISTEN: nothing\nwords [RFC 9293 3.9.1: a clause]\na ladder\nkept: $said{collect}/finding-1\n";
}
print "#5000\tDONE   cov: 6 ft: 7 corp: 4/20b\n";
END

my ($code, $said) = asked('fuzz', 'told', '--runs', '10', '--report', 'report.json');
is($code, 1, 'what is found is an exit code');
is(scalar(() = $said =~ /^FINDING /mg), 1, 'a finding of one kind is told once');
like($said, qr{^FINDING judge_no_reply in LISTEN: nothing\nwords .*\na ladder\ntcpspec replay corpus-told\.findings/finding-1\ntcpspec minimise corpus-told\.findings/finding-1\n}m, 'with its words, its ladder, and what to do next');
like($said, qr/^fuzz_told: 5000 inputs .*\ncorpus: 4 inputs in corpus-told\nedges: 6 of 100\nstates: 2 of 11; transitions: 1 pairs, of the \d+ in the standard's figure 1$/m, 'the report counts');
like($said, qr/^CLOSED +\. +7 +never /m, 'and has the diagram');
like($said, qr/^  c\/x\.c +3 of +5 +60%\n  y\.c +0 of +4 +0%$/m, 'and the edges of each file, once');

my $report = JSON::XS::decode_json(slurp("$room/report.json"));
is($report->{inputs}, 5000, 'so does the JSON');
is_deeply($report->{findings}, [{rule => 'judge_no_reply', sentence => 'judge_no_reply in LISTEN: nothing', words => 'words [RFC 9293 3.9.1: a clause]', file => 'corpus-told.findings/finding-1', before => JSON::XS::false}], 'with the findings');
is_deeply($report->{coverage}, [{file => 'c/x.c', covered => 3, edges => 5}, {file => 'y.c', covered => 0, edges => 4}], 'the files');
is_deeply([@$report{qw(sums causes)}], [{known => 3}, {'a deviation' => 3}], 'what else the harness counts');
like($said, qr/^known deviations, 3 times:\n +3  a deviation$/m, 'the text, too');
is_deeply([grep { $_->{count} } @{$report->{transitions}}], [{from => 'CLOSED', to => 'LISTEN', count => 7, figure => JSON::XS::true}], 'the transitions');

($code, $said) = asked('fuzz', 'told', '--runs', '10', '-j', '2');
is($code, 0, 'what was there before is no new finding');
like($said, qr/^fuzz_told: 10000 inputs .* by 2 processes.*^findings: 0, and 1 of before/ms, 'and is told as that; two processes count together');

($code, $said) = asked('replay', 'corpus-told.findings/finding-1');
is($code, 1, 'replay: it is still found');
like($said, qr/\AFINDING judge_no_reply/, 'and printed, without what libFuzzer says');
($code, $said) = asked('minimise', 'corpus-told.findings/finding-1');
is($code, 0, 'minimise');
like($said, qr/finding-1\.min: 2 octets, of 4$/m, 'says how small');
($code, $said) = asked('promote', 'corpus-told.findings/finding-1');
is($code, 0, 'promote');
is(slurp("$room/data/suite/regressions/judge-no-reply-in-listen.ladder"), "# Nothing but what the standard permits is done where the fuzzer found judge_no_reply in LISTEN\nid:     regressions/judge-no-reply-in-listen\nlevel:  MUST\nref:    RFC 9293 3.9.1\nplays:  B\n\n 1.  CLOSED   CLOSED\n", 'writes a ladder of the suite');
($code, $said) = asked('promote', 'corpus-told.findings/finding-1');
is($code, 2, 'and not over one that is there');
($code, $said) = asked('promote', 'corpus-told.findings/finding-1', 'another');
is($code, 0, 'but beside it');

# One that dies of its inputs: twice in one way, then in another, then no more.
harness('dying', <<'END');
exit 0 if exists $said{runs} && $said{runs} eq '0';
my $n = () = glob("$ENV{ROOM}/died-*");
print "#2\tINITED cov: 5 ft: 6 corp: 3/10b exec/s: 0 rss: 30Mb\n";
exit 0 if $n == 3;
open(my $to, '>', "$ENV{ROOM}/died-$n"); close $to;
open($to, '>', "$said{artifact_prefix}crash-$n"); print $to $n; close $to;
my $where = $n < 2 ? 'one' : 'two';
print "==1==ERROR: AddressSanitizer: heap-buffer-overflow\n    #0 in $where\nSUMMARY: AddressSanitizer: heap-buffer-overflow x.c:1 in $where\nTest unit written to $said{artifact_prefix}crash-$n\n";
exit 77;
END
$ENV{ROOM} = "$room";
($code, $said) = asked('fuzz', 'dying', '--corpus', 'd');
is($code, 1, 'a process that dies is a finding, and another takes its place');
is(scalar(() = glob("$room/d.findings/finding-*")), 2, 'what dies in one way is kept once');
is(scalar(() = glob("$room/d.findings/crash-*")), 0, 'and under one kind of name');
like($said, qr/^FINDING AddressSanitizer: heap-buffer-overflow x\.c:1 in one\n==1==ERROR.*^FINDING AddressSanitizer: heap-buffer-overflow x\.c:1 in two\n/ms, 'each is told');

# One that takes too long, of which libFuzzer writes the input before it says why; behind that another death.
harness('slow', <<'END');
exit 0 if exists $said{runs} && $said{runs} eq '0';
my $n = () = glob("$ENV{ROOM}/slow-*");
print "#2\tINITED cov: 5 ft: 6 corp: 3/10b exec/s: 0 rss: 30Mb\n";
exit 0 if $n == 2;
open(my $to, '>', "$ENV{ROOM}/slow-$n"); close $to;
my $kind = $n ? 'oom' : 'timeout';
open($to, '>', "$said{artifact_prefix}$kind-1"); print $to $n; close $to;
print "Test unit written to $said{artifact_prefix}$kind-1\nSUMMARY: libFuzzer: $kind\n";
exit 70;
END
($code, $said) = asked('fuzz', 'slow', '--corpus', 's');
is($code, 1, 'one that takes too long is a finding');
like($said, qr/^FINDING libFuzzer: timeout\n.*^FINDING libFuzzer: oom\n/ms, 'by its name, and so is what comes behind it');

harness('useless', "print \"no memory at all\\n\"; exit 5;\n");
($code, $said) = asked('fuzz', 'useless');
is($code, 3, 'one that never begins is given up');
like($said, qr/ends each time before it has read its corpus, with "no memory at all"/, 'with what it said last');

# ^C goes to the command alone, which asks the harness to end, and reports.
harness('waiting', <<'END');
exit 0 if exists $said{runs};
$SIG{TERM} = sub { open(my $to, '>', $said{report}); print $to '{"inputs":42,"transitions":[]}'; close $to; exit 0 };
print "#2\tINITED cov: 5 ft: 6 corp: 3/10b exec/s: 0 rss: 30Mb\n";
open(my $to, '>', "$ENV{ROOM}/ready"); print $to "$$\n"; close $to;
select(undef, undef, undef, 60);
END
system('mkfifo', "$room/ready") == 0 or die 'mkfifo';
my $pid = open(my $from, '-|') // die "fork: $!";
if ($pid == 0) {
	chdir "$room" or die $!;
	exec($command, 'fuzz', 'waiting') or die $!;
}
slurp("$room/ready");
kill INT => $pid;
$said = do { local $/; <$from> };
close $from;
is($? >> 8, 0, '^C ends a campaign');
like($said, qr/^fuzz_waiting: 42 inputs/m, 'with its report');

for my $wrong (['fuzz'], [qw(fuzz told told)], [qw(fuzz told --time 5x)], [qw(fuzz told --time 0)], [qw(fuzz told -j 0)], [qw(fuzz told -j x)], [qw(fuzz told --runs -1)], [qw(fuzz nobody)], [qw(fuzz ../told)], [qw(fuzz told --corpus tcpspec)],
	['replay'], [qw(replay nowhere)], [qw(replay tcpspec)], [qw(replay -t nobody tcpspec)], ['minimise'], ['promote'], [qw(promote corpus-told.findings/finding-1 A/B)]) {
	my ($is, $words) = asked(@$wrong);
	my $expected = "@$wrong" =~ /--corpus tcpspec/ ? 3 : 2;
	is($is, $expected, "@$wrong: wrong");
	like($words, qr/\Atcpspec: \S+.*\w/, 'and a sentence says how');
}

# A true harness, in which a mistake is planted, and a seed that shows it.
SKIP: {
	my $folder = $ENV{FUZZ} // dirname(abs_path(command())) . '/fuzz';
	-x "$folder/planted/fuzz_wire" && -d "$folder/seeds/fuzz_wire" or skip("$folder/planted/fuzz_wire is not built", 6);
	symlink "$folder/planted/fuzz_wire", "$room/fuzz/fuzz_planted" or die $!;
	mkdir "$room/fuzz/seeds" or die $!;
	symlink "$folder/seeds/fuzz_wire", "$room/fuzz/seeds/fuzz_planted" or die $!;
	($code, $said) = asked('fuzz', 'planted', '--time', '20s');
	is($code, 1, 'a planted mistake is found');
	like($said, qr/^FINDING segment_is_kept\na segment .*\ntcpspec replay corpus-planted\.findings\/finding-\w+$/m, 'by its property, in two lines');
	like($said, qr/^findings: 1$/m, 'once');
	my ($finding) = $said =~ /^tcpspec replay (.*)/m;
	($code, $said) = asked('replay', $finding);
	is($code, 1, 'and again');
	like($said, qr/\AFINDING segment_is_kept\n/, 'replay');
	($code, $said) = asked('promote', $finding);
	like($said, qr/writes no ladder of it: its inputs are octets/, 'no ladder comes of octets');
}

# Ten rules, ten graves: whoever groups by the top three frames of the stack tells them apart.
SKIP: {
	my $harness = ($ENV{FUZZ} // dirname(abs_path(command())) . '/fuzz') . '/fuzz_reference';
	-x $harness or skip("$harness is not built", 2);
	my @ways = qw(judge_unexpected_segment/ESTABLISHED judge_no_reply/ESTABLISHED judge_next_state/LISTEN reset_answers_reset/CLOSED acknowledges_unsent/ESTABLISHED skips_octets/FIN-WAIT-1 timer_missing/SYN-SENT timer_missing/SYN-RECEIVED
		never_gives_up/LAST-ACK delivers_too_much/CLOSE-WAIT);
	my %graves;
	for my $way (@ways) {
		my (undef, $words) = told_by($harness, "--die=$way");
		my @frames = $words =~ /^ +#\d+ 0x[0-9a-f]+ in (\S+)/mg;
		shift @frames while @frames && $frames[0] !~ /^rule_/;
		$graves{join ' ', @frames[0 .. 2]} = $way if @frames > 2;
	}
	is(scalar(keys %graves), scalar(@ways), 'ten ways to die, by their top three frames') or diag(explain(\%graves));
	is(scalar(grep { /^rule_(\w+) in_\w+ rule_die$/ } keys %graves), scalar(@ways), 'which are the rule, the state, and who ends it');
}

done_testing();
