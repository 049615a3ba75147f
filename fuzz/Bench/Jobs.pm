# Runs of fuzz-bench side by side: as many processes at once as JOBS says, each with a core of its own. What they measure it does not know.
package Bench::Jobs;
use strict;
use warnings;
use Exporter 'import';
use JSON::PP ();
our @EXPORT = qw(core_first job_start jobs_end jobs_most);

my $json = JSON::PP->new->canonical;
# By process: from (what it says), take, place.
my %job;

sub jobs_most { return $ENV{JOBS} || 1 }

# The core of a place; undef: any.
sub core_of {
	my ($place) = @_;
	my $first = $ENV{CORE} || 0;
	return $first eq 'any' ? undef : $first + $place;
}

# That of what runs alone.
sub core_first { return core_of(0) }

# Waits for one of them, and hands out what it has come to.
sub job_end {
	my $pid = waitpid -1, 0;
	my $job = delete $job{$pid} // return;
	my $from = $job->{from};
	$? == 0 or die "fuzz-bench: a run ended by itself: $?\n";
	seek($from, 0, 0) or die "a file for a run: $!\n";
	my $said = do { local $/; <$from> };
	$job->{take}->($json->decode($said));
	return;
}

# What runs is not to outlive the bench.
sub jobs_stop {
	kill 'TERM', keys %job;
	exit 1;
}

# Calls play with a core in a process of its own, as soon as one may run; take, later, in this one, with what that gave.
sub job_start {
	my ($play, $take) = @_;
	job_end() while keys %job >= jobs_most();
	my %taken = map { $_->{place} => 1 } values %job;
	my ($place) = grep { !$taken{$_} } 0 .. jobs_most() - 1;
	# A file and no pipe, which could fill while nobody reads it.
	open(my $from, '+>', undef) or die "a file for a run: $!\n";
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		%job = ();
		print $from $json->encode($play->(core_of($place)));
		close $from or die "a file for a run: $!\n";
		exit 0;
	}
	@SIG{qw(INT TERM)} = (\&jobs_stop) x 2;
	$job{$pid} = { from => $from, take => $take, place => $place };
	return;
}

sub jobs_end {
	job_end() while keys %job;
	return;
}

1;
