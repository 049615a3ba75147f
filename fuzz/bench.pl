#!/usr/bin/perl
# How soon the fuzzer finds what was planted: builds a harness for each bug of fuzz/bugs, plays it from an empty corpus, with several seeds, in four ways, and says when the bug was reached, triggered and
# exposed. It decides of no finding whether it is right: that the unpatched stacks are silent is the control.
#
# usage: make fuzz-bench, with BUGS='name target/name ...' TARGETS='reference lwip' SEEDS=10 SECONDS=60 WAYS='full no-state bytes random' SPEED=no CORE=0 RESUME=yes CONTROLS=10
#   CONTROLS: with how many of the seeds the controls are played: all, if nothing is said
#   RESUME: what was measured before with the same build, seconds, way and seed is not played again
# Reports, in $(BUILD)/fuzz/bench: bench.md (the tables, also on standard output), bench.json (these and every run), runs.jsonl (a line for each run, as they end).
# Exit: 0 when all was played and the controls were silent; 1 if not.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bench::Harness;
use Bench::Run;
use Bench::Speed;
use Bench::Table;
use JSON::PP ();

my $json = JSON::PP->new->canonical->pretty;
my $dir = bench_dir();
my @ways = split ' ', $ENV{WAYS} || 'full no-state bytes random';
my @seeds = 1 .. ($ENV{SEEDS} || 10);
my $seconds = $ENV{SECONDS} || 60;
my @targets = grep { harness_is($_) } split ' ', $ENV{TARGETS} || 'reference lwip';
my @bugs = grep { bug_wanted($_, split ' ', $ENV{BUGS} // '') } map { bugs_read($_) } @targets;
@targets or die "fuzz-bench: `make fuzz` has built no harness of a stack\n";

$| = 1;
printf STDERR "%d bugs and %d controls, %d ways, %d seeds, %d s: at most %.1f hours\n", scalar @bugs, scalar @targets, scalar @ways, scalar @seeds, $seconds,
    (@bugs + @targets) * @ways * @seeds * $seconds / 3600;

my @runs;
for my $subject((map { { target => $_, name => 'control' } } @targets), @bugs) {
	my $harness = harness_build($subject);
	for my $way (@ways) {
		for my $seed ($subject->{name} eq 'control' ? grep { $_ <= ($ENV{CONTROLS} || @seeds) } @seeds : @seeds) {
			my $run = run_recall($subject, $way, $seed, $seconds, $harness) // run_play($subject, $way, $seed, $seconds, $harness);
			push @runs, $run;
			print STDERR run_said($run), "\n";
		}
	}
}
my $speed = ($ENV{SPEED} // '') eq 'no' ? [] : speed_measure();
my %report = (machine => machine_said(), settings => { ways => \@ways, seeds => \@seeds, seconds => $seconds }, bugs => \@bugs, runs => \@runs, speed => $speed);
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
