#!/usr/bin/perl
# Makes every fault of one operator in the reference stack, plays the suite on each until something fails, and prints the score. A survivor whose object is that of the unchanged file is equivalent.
# Another needs a line of targets/reference/mutants/survivors.tsv with the reason; one that is stale, and a score below 90 %, make it fail too.
#
# usage: make mutants-generated, or in its environment: generated.pl [--list] [--again] [--share K/N] [FILE...]
#   --list: prints the faults and plays nothing   --again: only those that survived in the last table, which stays
#   --share K/N: every N-th fault, beginning with the K-th: the score is about these, and no line is stale
# Reports, in $(BUILD)/mutants: generated.tsv and generated.md. Exit: 0, or 1 with what is wrong.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Path qw(remove_tree);
use Operators;
use Report;
use Schemata;
use Stages;
use Variant;

my $REASONS = 'targets/reference/mutants/survivors.tsv';
my $SCOPE = 'targets/reference/mutants/generated.files';
my $LEAST = 90;
# The exhaustive set is left to the patches: it kills few that live so far, and takes as long as all before it.
my $STAGES = 5;

my ($list, $again, $share, $shares, @files) = (0, 0, 1, 1);
while (@ARGV) {
	my $word = shift;
	if ($word eq '--list') { $list = 1 }
	elsif ($word eq '--again') { $again = 1 }
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
my $jobs = $ENV{JOBS} // 2;
if ($again) {
	my %survived = map { my @row = split /\t/; $row[4] eq 'survived' ? (join("\t", $row[0] =~ s/:\d+$//r, @row[1 .. 3]) => 1) : () } split /\n/, text_read("$dir/generated.tsv");
	@faults = grep { $survived{ join "\t", @$_{qw(file function before after)} } } @faults;
}
$faults[$_]{number} = $_ + 1 for 0 .. $#faults;

# Every file with all its faults in it is compiled once; a fault that does not compile is taken out, and the file compiled again. Returns the numbers of those.
sub file_compile {
	my ($file) = @_;
	my @inside = grep { $_->{file} eq $file } @faults;
	my ($over, @broken) = ("$dir/schemata");
	while (1) {
		my $made = schemata_text(text_read($file), @inside);
		text_write("$over/$file", $made);
		return \@broken if object_compile($file, $over, "$over/$file.o");
		# A message of its own line; "In function" has none.
		my @lines = text_read("$over/$file.o.err") =~ /^[^\s:]*\Q$file\E:(\d+):\d+: error:/mg;
		my %wrong = map { $_ => 1 } grep { $_ } schemata_faults_of_lines($made, @lines);
		die "$file: does not compile\n" . text_read("$over/$file.o.err") if !%wrong;
		push @broken, sort { $a <=> $b } keys %wrong;
		@inside = grep { !$wrong{ $_->{number} } } @inside;
	}
}

my %faulty = map { $_->{file} => 1 } @faults;
my @sources = stack_sources();
remove_tree("$dir/schemata");
my %broken = map { $_ => 1 } map { @$_ } pool_run($jobs, \@sources, \&file_compile);
text_write("$dir/schemata/chooser.c", schemata_chooser());
object_compile('chooser.c', "$dir/schemata", "$dir/schemata/chooser.o") or die text_read("$dir/schemata/chooser.o.err");
my $descriptor = library_link("$dir/schemata", "$dir/schemata/chooser.o", map { "$dir/schemata/$_.o" } @sources) // die "the stack with its faults does not link\n";
my $limits = baseline_time($descriptor, 3, $STAGES);

sub fault_play {
	my ($fault) = @_;
	local $ENV{TCPSPEC_MUTANT} = $fault->{number};
	return stages_try($descriptor, $limits, $STAGES, \&suite_play_until_fail);
}

# Whether what the compiler makes of the file is the same with the fault and without.
sub fault_is_equivalent {
	my ($fault) = @_;
	my ($over, $file) = ("$dir/fault/$fault->{number}", $fault->{file});
	my $text = text_read($file);
	my $base = object_compile($file, undef, "$over/base.o") or die "$file: does not compile\n";
	substr($text, $fault->{from}, $fault->{to} - $fault->{from}) = $fault->{with};
	text_write("$over/$file", $text);
	my $same = $base eq (object_compile($file, $over, "$over/mutant.o") // '');
	remove_tree($over);
	return { same => $same };
}

sub line_print {
	my ($fault, $found) = @_;
	return sprintf '%s:%d: %s -> %s: %s', @$fault{qw(file line before after)}, $found->{how} eq 'passed' ? 'SURVIVED' : $found->{how} . ($found->{first} ? " $found->{first}" : '');
}

my @found = map { { how => 'does not build' } } @faults;
my @play = grep { !$broken{ $faults[$_]{number} } } 0 .. $#faults;
@found[@play] = pool_run($jobs, [@faults[@play]], \&fault_play, \&line_print);
my @living = grep { $found[$_]{how} eq 'passed' } 0 .. $#faults;
my @same = pool_run($jobs, [@faults[@living]], \&fault_is_equivalent);
$found[ $living[$_] ]{how} = 'equivalent' for grep { $same[$_]{same} } 0 .. $#living;

# The lines with reasons: file, function, line, mutant, reason.
my (%reason, @wrong);
for (split /\n/, -e $REASONS ? text_read($REASONS) : '') {
	next if /^(#|$|file\t)/;
	my ($file, $function, $before, $after, $reason) = split /\t/;
	push @wrong, "$REASONS: a line without a reason: $_" and next if !$reason;
	$reason{"$file\t$function\t$before\t$after"} = $reason;
}

my (@rows, %count, %used);
for my $n (0 .. $#faults) {
	my ($fault, $found) = ($faults[$n], $found[$n]);
	my $key = join "\t", @$fault{qw(file function before after)};
	my $survived = $found->{how} eq 'passed' || $found->{how} eq 'inconclusive';
	$count{ $survived ? 'survived' : $found->{how} }++;
	push @rows, ["$fault->{file}:$fault->{line}", @$fault{qw(function before after)}, $survived ? 'survived' : $found->{how}, $found->{first} || '-', $found->{stage} || '-', $reason{$key} // ''];
	next if !$survived;
	$used{$key} = 1;
	push @wrong, "$fault->{file}:$fault->{line}: $fault->{before} -> $fault->{after}: survived, and $REASONS has no line for it" if !$reason{$key};
}
if ($shares == 1 && !@files && !$again) {
	push @wrong, map { "$REASONS: stale: $_" } grep { !$used{$_} } sort keys %reason;
}
my $killed = 0;
$killed += $count{$_} // 0 for qw(fail crash hang refused);
my $living = $killed + ($count{survived} // 0);
my $percent = $living ? 100 * $killed / $living : 100;
my $score = sprintf '%d faults: %d do not build, %d equivalent by their object; of %d others %d killed (%.1f %%: %d by a FAIL, %d crash, %d hang, %d refused), %d survived; %d more in what is left out', scalar(@faults),
	(map { $count{$_} // 0 } 'does not build', 'equivalent'), $living, $killed, $percent, (map { $count{$_} // 0 } qw(fail crash hang refused survived)), $left;
push @wrong, sprintf('%.1f %% are killed, fewer than %d %%', $percent, $LEAST) if $percent < $LEAST;
if (!$again) {
	table_write('generated', 'Faults of one operator', "$score.", [qw(place function before after outcome first stage reason)], \@rows);
}
print "$score\n", map { "FAILED: $_\n" } @wrong;
exit(@wrong ? 1 : 0);
