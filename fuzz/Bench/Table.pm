# The tables of fuzz-bench: medians over seeds, in which a run that ended without the event counts as longer than its time. It measures nothing.
package Bench::Table;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(tables_write machine_said median_said);

sub first_line {
	my ($command) = @_;
	my ($line) = `$command 2>/dev/null`;
	chomp($line //= 'unknown');
	return $line;
}

sub machine_said {
	my ($cpu) = map { /^model name\s*:\s*(.*)/ ? $1 : () } split /\n/, `cat /proc/cpuinfo`;
	return {
		cpu => $cpu // 'unknown',
		cores => first_line('nproc') + 0,
		kernel => first_line('uname -sr'),
		compiler => first_line(($ENV{FUZZ_CC} // 'clang') . ' --version'),
		tcpspec => first_line('git describe --always --dirty'),
		date => first_line('date -u +%Y-%m-%dT%H:%MZ'),
	};
}

# Of the runs: how many had the event, and the median of its time, undef when that lies beyond the run's. What was exposed and never triggered is another finding, and none of the bug.
sub median_of {
	my ($event, @runs) = @_;
	my @at = sort { $a <=> $b } map { $_->{$event} && ($event ne 'exposed' || $_->{triggered}) ? $_->{$event}{seconds} : () } @runs;
	my ($low, $high) = (int((@runs - 1) / 2), int(@runs / 2));
	return (scalar @at, $high < @at ? ($at[$low] + $at[$high]) / 2 : undef);
}

sub median_said {
	my ($event, $seconds, @runs) = @_;
	return '-' if !@runs;
	my ($had, $median) = median_of($event, @runs);
	return (defined $median ? sprintf('%.1f', $median) : "> $seconds") . " ($had/" . @runs . ')';
}

sub runs_of {
	my ($report, $bug, $way) = @_;
	return grep { $_->{target} eq $bug->{target} && $_->{name} eq $bug->{name} && $_->{way} eq $way } @{ $report->{runs} };
}

sub row { return '| ' . join(' | ', @_) . " |\n" }

# The rules that a bug was found by, the most frequent first.
sub rules_said {
	my (@runs) = @_;
	my %times;
	$times{ $_->{rule} }++ for grep { $_->{exposed} && $_->{triggered} } @runs;
	return join(', ', sort { $times{$b} <=> $times{$a} || $a cmp $b } keys %times) || '-';
}

sub bugs_table {
	my ($report, $target) = @_;
	my ($seconds, @ways) = ($report->{settings}{seconds}, @{ $report->{settings}{ways} });
	my @bugs = grep { $_->{target} eq $target } @{ $report->{bugs} };
	my $text = row('bug', 'class', "reached, $ways[0]", "triggered, $ways[0]", (map { "exposed, $_" } @ways), 'by');
	$text .= row(('---') x (5 + @ways));
	for my $bug (@bugs) {
		my %runs = map { $_ => [runs_of($report, $bug, $_)] } @ways;
		$text .= row($bug->{name}, $bug->{class}, (map { median_said($_, $seconds, @{ $runs{ $ways[0] } }) } qw(reached triggered)), (map { median_said('exposed', $seconds, @{ $runs{$_} }) } @ways), rules_said(map { @$_ } values %runs));
	}
	return $text;
}

# Of one way: how many bugs it exposes.
sub way_row {
	my ($report, $target, $way) = @_;
	my (@medians, $some, $half, $all, $bugs);
	for my $bug (grep { $_->{target} eq $target } @{ $report->{bugs} }) {
		my @runs = runs_of($report, $bug, $way) or next;
		my ($had, $median) = median_of('exposed', @runs);
		$bugs++;
		$some += $had > 0;
		$half += defined $median;
		$all += $had == @runs;
		push @medians, $median // 9**9**9;
	}
	@medians = sort { $a <=> $b } @medians;
	my $median = !@medians ? '-' : ($medians[int((@medians - 1) / 2)] + $medians[int(@medians / 2)]) / 2;
	my $control = grep { $_->{exposed} || $_->{other} } runs_of($report, { target => $target, name => 'control' }, $way);
	return row($way, $bugs // 0, $all // 0, $half // 0, $some // 0, $median =~ /inf/i ? "> $report->{settings}{seconds}" : $median eq '-' ? '-' : sprintf('%.1f', $median), $control ? "findings in $control runs" : 'silent');
}

sub tables_write {
	my ($report) = @_;
	my $m = $report->{machine};
	my $text = "# What the fuzzer finds of what was planted\n\n$m->{date}, tcpspec $m->{tcpspec}, $m->{compiler}; $m->{cpu}, one of $m->{cores} cores, $m->{kernel}. Seeds @{$report->{settings}{seeds}}; $report->{settings}{seconds} s for each run, from an empty corpus.\n\n";
	$text .= "Seconds are of processor time: the median over the seeds, and in how many runs it came to that. A run that ended without it counts as longer than its time.\n";
	my %seen;
	for my $target (grep { !$seen{$_}++ } map { $_->{target} } @{ $report->{runs} }) {
		$text .= "\n## $target\n\n" . bugs_table($report, $target);
		$text .= "\n" . row('way', 'bugs', 'exposed in all runs', 'in half of them', 'in some', 'median of the medians, s', 'control') . row(('---') x 7);
		$text .= way_row($report, $target, $_) for @{ $report->{settings}{ways} };
	}
	$text .= "\n## Speed\n\n" . row('what', 'measured', 'wanted') . row(('---') x 3) . join('', map { row(@$_{qw(what measured wanted)}) } @{ $report->{speed} }) if @{ $report->{speed} };
	return $text;
}

1;
