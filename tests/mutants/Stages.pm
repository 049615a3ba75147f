# In which order a variant of the reference stack is tried, and what its death was: ladders and the base matrix, then the larger sets of cells, as long as it lives. It builds nothing.
package Stages;
use strict;
use warnings;
use Exporter 'import';
use Variant;
our @EXPORT = qw(stages_try baseline_time outcome_is_death);

# The covering array before the products: it has the timestamps and the numbers about 2^31 and 2^32.
my @STAGES = (['ladders and base', '--all'], map { [$_, '--axes', $_, 'matrix/*'] } qw(pairwise full exhaustive));

# Plays stage by stage until one is not passed. cpu: seconds for each stage. last: the number of stages at the most. Returns a hash: how (passed, fail, crash, hang, refused), stage, first (id),
# ladders and cells (counts of that stage), failed (the ladders' ids without side and family), seconds.
sub stages_try {
	my ($descriptor, $cpu, $last) = @_;
	my %found = (how => 'passed', stage => '', first => '', ladders => 0, cells => 0, failed => [], seconds => 0);
	for my $stage (@STAGES[0 .. ($last // @STAGES) - 1]) {
		my ($name, @words) = @$stage;
		my ($how, $failed, $seconds, $why) = suite_play($descriptor, $cpu, @words);
		$found{seconds} += $seconds;
		next if $how eq 'passed';
		# The tester that could not observe is no witness.
		my @witnesses = grep { $_->[1] ne 'inconclusive' } @$failed;
		$how = 'inconclusive' if $how eq 'refused' && @$failed || $how eq 'fail' && !@witnesses;
		my %ladder = map { $_->[0] =~ m{^(?!matrix/)(.*)/[ab]/v[46]$} ? ($1 => 1) : () } @witnesses;
		@found{qw(how stage first ladders cells failed why)} =
			($how, $name, @witnesses ? $witnesses[0][0] : '', scalar(grep { $_->[0] !~ m{^matrix/} } @witnesses), scalar(grep { $_->[0] =~ m{^matrix/} } @witnesses), [sort keys %ladder], $why);
		last if outcome_is_death($how);
	}
	return \%found;
}

sub outcome_is_death { return $_[0] =~ /^(fail|crash|hang|refused)$/ }

# The unchanged stack must pass every stage, by the same build: else no death proves anything. Returns the processor time that a stage of a variant may take, seconds.
sub baseline_time {
	my ($descriptor, $last) = @_;
	my $found = stages_try($descriptor, 300, $last);
	return 2 + int(10 * $found->{seconds}) if $found->{how} eq 'passed';
	my @some = @{ $found->{failed} };
	die "the unchanged stack does not pass ($found->{stage}: $found->{how}" . ($found->{first} ? ", first $found->{first}; $found->{ladders} ladders, $found->{cells} cells" : '')
		. ($found->{why} ? ": $found->{why}" : '') . "); mend that first\n";
}

1;
