#!/usr/bin/perl
# How soon the fuzzer finds what was planted: builds a harness for each bug of fuzz/bugs, plays it from an empty corpus, with several seeds, in four ways, and says when the bug was reached, triggered and
# exposed. It decides of no finding whether it is right: that the unpatched stacks are silent is the control.
#
# usage: make fuzz-bench, with BUGS='name target/name ...' TARGETS='reference lwip' SEEDS=10 SECONDS=60 WAYS='full no-state bytes random' SPEED=no CORE=0 JOBS=1 RESUME=yes CONTROLS=10 ABLATIONS=10 ABLATION_SEEDS=3
#   JOBS: so many runs at once, each on a core of its own, from CORE on; with CORE=any wherever the kernel puts them
#   CONTROLS: with how many of the seeds the controls are played: all, if nothing is said; 0: none
#   ABLATIONS: with how many of the seeds ways other than the first are played: all, if nothing is said
#   ABLATION_SEEDS: in a way other than the first, what none of so many seeds has exposed is not played with the others: each is, if nothing is said
#   RESUME: what was measured before with the same build, seconds, way and seed is not played again
# Reports, in $(BUILD)/fuzz/bench: bench.md (the tables, also on standard output), bench.json (these and every run), runs.jsonl (a line for each run, as they end).
# Exit: 0 when all was played and the controls were silent; 1 if not.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bench::Harness;
use Bench::Jobs;
use Bench::Run;
use Bench::Speed;
use Bench::Table;
use JSON::PP ();

sub set { return length($ENV{ $_[0] } // '') ? $ENV{ $_[0] } : $_[1] }

my $json = JSON::PP->new->canonical->pretty;
my $dir = bench_dir();
my @ways = split ' ', set('WAYS', 'full no-state bytes random');
my @seeds = 1 .. set('SEEDS', 10);
my $seconds = set('SECONDS', 60);
my $controls = set('CONTROLS', scalar @seeds);
my $ablations = set('ABLATIONS', scalar @seeds);
my $ablation_seeds = set('ABLATION_SEEDS', $ablations);
my @targets = grep { harness_is($_) } split ' ', set('TARGETS', 'reference lwip');
my @bugs = grep { bug_wanted($_, split ' ', $ENV{BUGS} // '') } map { bugs_read($_) } @targets;
@targets or die "fuzz-bench: `make fuzz` has built no harness of a stack\n";
my @subjects = ((map { { target => $_, name => 'control' } } @targets), @bugs);

$| = 1;
printf STDERR "%d bugs and %d controls, %d ways, %d seeds, %d s: at most %.1f hours of processor time\n", scalar @bugs, scalar @targets, scalar @ways, scalar @seeds, $seconds,
    (@bugs * @seeds + @targets * $controls) * @ways * $seconds / 3600;

my @runs;
my %exposed;

# With which seeds a subject is played in a way at first, and then.
sub seeds_first {
	my ($subject, $way) = @_;
	my $most = $subject->{name} eq 'control' ? $controls : $way eq $ways[0] ? @seeds : $ablation_seeds;
	return grep { $_ <= $most && ($way eq $ways[0] || $_ <= $ablations) } @seeds;
}

sub seeds_then {
	my ($subject, $way) = @_;
	return () if $subject->{name} eq 'control' || $way eq $ways[0] || !$exposed{"$subject->{target} $subject->{name} $way"};
	return grep { $_ > $ablation_seeds && $_ <= $ablations } @seeds;
}

sub run_take {
	my ($run) = @_;
	push @runs, $run;
	$exposed{"$run->{target} $run->{name} $run->{way}"} ||= $run->{exposed} && $run->{triggered};
	print STDERR run_said($run), "\n";
	return;
}

for my $seeds_of (\&seeds_first, \&seeds_then) {
	for my $subject (@subjects) {
		for my $way (@ways) {
			for my $seed ($seeds_of->($subject, $way)) {
				my $harness = $subject->{harness} //= harness_build($subject);
				my $known = run_recall($subject, $way, $seed, $seconds, $harness);
				$known ? run_take($known) : job_start(sub { run_play($subject, $way, $seed, $seconds, $harness, $_[0]) }, \&run_take);
			}
		}
	}
	jobs_end();
}
delete $_->{harness} for @subjects;
@runs = sort { $a->{target} cmp $b->{target} || $a->{name} cmp $b->{name} || $a->{way} cmp $b->{way} || $a->{seed} <=> $b->{seed} } @runs;
my $speed = set('SPEED', '') eq 'no' ? [] : speed_measure();
my %settings = (ways => \@ways, seeds => \@seeds, seconds => $seconds, controls => $controls, ablations => $ablations, ablation_seeds => $ablation_seeds, jobs => jobs_most(), core => set('CORE', 0));
my %report = (machine => machine_said(), settings => \%settings, targets => \@targets, bugs => \@bugs, runs => \@runs, speed => $speed);
my $text = tables_write(\%report);
for (['bench.json', $json->encode(\%report)], ['bench.md', $text]) {
	open(my $out, '>', "$dir/$_->[0]") or die "$dir/$_->[0]: $!\n";
	print $out $_->[1];
	close $out or die "$dir/$_->[0]: $!\n";
}
print $text;
my @noisy = grep { $_->{name} eq 'control' && ($_->{exposed} || $_->{other}) } @runs;
print "FAILED: the control of $_->{target} is not silent: $_->{way}, seed $_->{seed}: ", $_->{rule} // $_->{other}{rule}, "\n" for @noisy;
exit(@noisy ? 1 : 0);
