#!/usr/bin/perl
# Makes every fault of one operator in the input, timer and close code of the reference stack, plays the suite on each, and prints the score. A fault whose object is that of the unchanged file is
# equivalent, one whose object another fault has already made is counted once. A survivor needs a line of targets/reference/mutants/survivors.tsv with the reason; one that is stale, and a score
# below 90 %, make it fail too.
#
# usage: make mutants-generated, or in its environment: generated.pl [--list] [--share K/N] [FILE...]
#   --list: prints the faults and plays nothing   --share K/N: every N-th fault, beginning with the K-th: the score is about these, and no line is stale
# Reports, in $(BUILD)/mutants: generated.tsv and generated.md. Exit: 0, or 1 with what is wrong.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Path qw(remove_tree);
use Operators;
use Report;
use Stages;
use Variant;

my $REASONS = 'targets/reference/mutants/survivors.tsv';
my $SCOPE = 'targets/reference/mutants/generated.files';
my $LEAST = 90;
# The exhaustive set is left to the patches: it kills few that live so far, and takes as long as all before it.
my $STAGES = 6;

my ($list, $share, $shares, @files) = (0, 1, 1);
while (@ARGV) {
	my $word = shift;
	if ($word eq '--list') { $list = 1 }
	elsif ($word eq '--share') { ($share, $shares) = (shift // '') =~ m{^(\d+)/(\d+)$} or die "--share K/N\n" }
	else { push @files, $word }
}

# The scope: files, and functions and lines that are left out with the reason.
my (%left_out, @left_out, @scope);
my $made = 0;
for (split /\n/, text_read($SCOPE)) {
	next if /^(#|$)/;
	if (/^(\S+\.c)$/) { push @scope, $1 }
	elsif (m{^but /(.+)/\s+\S}) { push @left_out, qr/$1/ }
	elsif (/^but (\w+)\s+\S/) { $left_out{$1} = 1 }
	else { die "$SCOPE: neither a file, nor `but FUNCTION reason`, nor `but /PATTERN/ reason`: $_\n" }
}
@scope = @files if @files;

my @faults;
for my $file (@scope) {
	for my $fault (mutations(text_read($file))) {
		$made++;
		next if $left_out{ $fault->{function} } || grep { $fault->{before} =~ $_ } @left_out;
		push @faults, { file => $file, %$fault };
	}
}
my $left = $made - @faults;
@faults = @faults[grep { $_ % $shares == $share - 1 } 0 .. $#faults];
if ($list) {
	print map { "$_->{file}:$_->{line}: $_->{before} -> $_->{after}\n" } @faults;
	exit 0;
}

my $dir = build_dir();
my %object = map { $_ => "$dir/base/$_.o" } stack_sources();
my %same;
for my $source (sort keys %object) {
	my $hash = object_compile($source, undef, $object{$source}) or die "$source: does not compile\n" . text_read("$object{$source}.err");
	$same{$hash} = 1;
}
my $limits = baseline_time(library_link("$dir/base", map { $object{$_} } sort keys %object) // die "the unchanged stack does not link\n", $STAGES);

# Compiles the fault: its object, by name, and what it is the same as.
sub fault_compile {
	my ($fault) = @_;
	my ($over, $file) = ("$dir/fault/$fault->{number}", $fault->{file});
	my $text = text_read($file);
	substr($text, $fault->{from}, $fault->{to} - $fault->{from}) = $fault->{with};
	text_write("$over/$file", $text);
	my $hash = object_compile($file, $over, "$over/mutant.o");
	return { how => 'does not build' } if !$hash;
	return $same{$hash} ? { how => 'equivalent' } : { how => '', hash => $hash };
}

sub fault_play {
	my ($fault) = @_;
	my $over = "$dir/fault/$fault->{number}";
	my $descriptor = library_link($over, map { $_ eq $fault->{file} ? "$over/mutant.o" : $object{$_} } sort keys %object) or return { how => 'does not build' };
	my $found = stages_try($descriptor, $limits, $STAGES);
	remove_tree($over);
	return $found;
}

sub line_print {
	my ($fault, $found) = @_;
	return sprintf '%s:%d: %s -> %s: %s', @$fault{qw(file line before after)}, $found->{how} eq 'passed' ? 'SURVIVED' : $found->{how} . ($found->{first} ? " $found->{first}" : '');
}

my $jobs = $ENV{JOBS} // 2;
remove_tree("$dir/fault");
$faults[$_]{number} = $_ for 0 .. $#faults;
my @found = pool_run($jobs, \@faults, \&fault_compile);
# Of several faults that make one object the first is played.
my %first;
for my $f (grep { $_->{how} eq '' } @found) {
	$f->{how} = 'twin' if $first{ $f->{hash} }++;
}
my @play = grep { $found[$_]{how} eq '' } 0 .. $#faults;
@found[@play] = pool_run($jobs, [@faults[@play]], \&fault_play, \&line_print);
remove_tree("$dir/fault");

# The lines with reasons: file, function, line, mutant, reason.
my (%reason, @wrong);
for (split /\n/, -e $REASONS ? text_read($REASONS) : '') {
	next if /^(#|$|file\t)/;
	my ($file, $function, $before, $after, $reason) = split /\t/;
	push @wrong, "$REASONS: a line without a reason: $_" and next if !$reason;
	$reason{"$file\t$function\t$before\t$after"} = $reason;
}

my (@rows, %count, %used, %ladders);
for my $n (0 .. $#faults) {
	my ($fault, $found) = ($faults[$n], $found[$n]);
	my $key = join "\t", @$fault{qw(file function before after)};
	my $survived = $found->{how} eq 'passed' || $found->{how} eq 'inconclusive';
	$count{ $survived ? 'survived' : $found->{how} }++;
	push @rows, ["$fault->{file}:$fault->{line}", @$fault{qw(function before after)}, $survived ? 'survived' : $found->{how}, $found->{first} || '-', $found->{stage} || '-', $reason{$key} // ''];
	$ladders{$_}++ for @{ $found->{failed} // [] };
	next if !$survived;
	$used{$key} = 1;
	push @wrong, "$fault->{file}:$fault->{line}: $fault->{before} -> $fault->{after}: survived, and $REASONS has no line for it" if !$reason{$key};
}
if ($shares == 1 && !@files) {
	push @wrong, map { "$REASONS: stale: $_" } grep { !$used{$_} } sort keys %reason;
}
my $killed = 0;
$killed += $count{$_} // 0 for qw(fail crash hang refused);
my $living = $killed + ($count{survived} // 0);
my $percent = $living ? 100 * $killed / $living : 100;
my $score = sprintf '%d faults: %d do not build, %d equivalent by their object, %d twins; of %d others %d killed (%.1f %%: %d by a FAIL, %d crash, %d hang, %d refused), %d survived; %d more in what is left out', scalar(@faults),
	(map { $count{$_} // 0 } 'does not build', 'equivalent', 'twin'), $living, $killed, $percent, (map { $count{$_} // 0 } qw(fail crash hang refused survived)), $left;
push @wrong, sprintf('%.1f %% are killed, fewer than %d %%', $percent, $LEAST) if $percent < $LEAST;
table_write('generated', 'Faults of one operator', "$score.", [qw(place function before after outcome first stage reason)], \@rows);
text_write("$dir/generated-ladders.tsv", join '', map { "$_\t$ladders{$_}\n" } sort keys %ladders);
print "$score\n", map { "FAILED: $_\n" } @wrong;
exit(@wrong ? 1 : 0);
