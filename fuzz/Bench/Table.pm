# The tables of fuzz-bench: medians over seeds, in which a run that ended without the event counts as longer than its time. It measures nothing.
package Bench::Table;
use strict;
use warnings;
use Bench::Harness;
use Exporter 'import';
our @EXPORT = qw(tables_write machine_said median_said);

sub first_line {
	my ($command) = @_;
	my ($line) = `$command 2>/dev/null`;
	chomp($line //= 'unknown');
	return $line;
}

# The release of the sources that fuzz_lwip was made of; undef: there are none.
sub lwip_said {
	return if !harness_is('lwip');
	my $text = -e "${\(harness_source('lwip'))}/src/include/lwip/init.h" ? text_read("${\(harness_source('lwip'))}/src/include/lwip/init.h") : '';
	my @numbers = map { $text =~ /^#define LWIP_VERSION_$_\s+(\d+)/m ? $1 : () } qw(MAJOR MINOR REVISION);
	return @numbers == 3 ? 'lwIP ' . join('.', @numbers) : 'lwIP';
}

sub machine_said {
	my ($cpu) = map { /^model name\s*:\s*(.*)/ ? $1 : () } split /\n/, `cat /proc/cpuinfo`;
	return {
		cpu => $cpu // 'unknown',
		cores => first_line('nproc') + 0,
		kernel => first_line('uname -sr'),
		compiler => first_line(($ENV{FUZZ_CC} // 'clang') . ' --version'),
		tcpspec => first_line('git describe --always --dirty'),
		date => first_line('date -u "+%-d %B %Y"'),
		load => first_line('cut -d" " -f1 /proc/loadavg'),
		lwip => scalar lwip_said(),
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

# Of the bugs of a target, or of all that were played so: what the runs of a way say of each, one a bug.
sub way_of {
	my ($report, $target, $way) = @_;
	my @of;
	for my $bug (grep { $_->{target} eq $target } @{ $report->{bugs} }) {
		my @runs = runs_of($report, $bug, $way) or next;
		my ($had, $median) = median_of('exposed', @runs);
		push @of, { bug => $bug, runs => \@runs, had => $had, median => $median };
	}
	return @of;
}

sub middle_of {
	my @sorted = sort { $a <=> $b } map { $_ // 9**9**9 } @_;
	my $middle = @sorted ? ($sorted[int((@sorted - 1) / 2)] + $sorted[int(@sorted / 2)]) / 2 : 9**9**9;
	return $middle == 9**9**9 ? undef : $middle;
}

sub seconds_said {
	my ($report, $seconds) = @_;
	return defined $seconds ? sprintf('%.1f', $seconds) : "> $report->{settings}{seconds}";
}

sub names_said { return join ', ', map { "`$_->{bug}{name}`" } @_ }

# The sentence at the top: what the first way comes to.
sub totals_said {
	my ($report, $target) = @_;
	my @of = way_of($report, $target, $report->{settings}{ways}[0]) or return '';
	my @all = grep { $_->{had} == @{ $_->{runs} } } @of;
	my @some = grep { $_->{had} && $_->{had} < @{ $_->{runs} } } @of;
	my @none = grep { !$_->{had} } @of;
	my ($longest) = sort { $b <=> $a } map { $_->{median} // 9**9**9 } @of;
	my ($run) = sort { $b <=> $a } map { $_->{exposed} && $_->{triggered} ? $_->{exposed}{seconds} : () } map { @{ $_->{runs} } } @of;
	my $text = sprintf "**%d of the %d of %s are exposed with each of %d seeds: the median of the medians is %s s, the longest median %s s, the longest run %s s.**", scalar @all, scalar @of, $target, scalar @{ $report->{settings}{seeds} },
	    seconds_said($report, middle_of(map { $_->{median} } @of)), seconds_said($report, $longest == 9**9**9 ? undef : $longest), defined $run ? sprintf('%.1f', $run) : '-';
	$text .= ' With some of them: ' . join(', ', map { "`$_->{bug}{name}` ($_->{had}/" . @{ $_->{runs} } . ')' } @some) . '.' if @some;
	$text .= ' With none: ' . names_said(@none) . '.' if @none;
	return "$text\n";
}

sub bugs_table {
	my ($report, $target) = @_;
	my ($seconds, $way) = ($report->{settings}{seconds}, $report->{settings}{ways}[0]);
	my $text = row('bug', 'class', 'reached', 'triggered', 'exposed', 'longest run', 'by') . row(('---') x 7);
	for my $of (way_of($report, $target, $way)) {
		my @runs = @{ $of->{runs} };
		my ($longest) = sort { $b <=> $a } map { $_->{exposed} && $_->{triggered} ? $_->{exposed}{seconds} : () } @runs;
		$text .= row($of->{bug}{name}, $of->{bug}{class}, (map { median_said($_, $seconds, @runs) } qw(reached triggered exposed)), $of->{had} < @runs ? "> $seconds" : sprintf('%.1f', $longest), rules_said(@runs));
	}
	return $text;
}

# Of a bug that a way does not expose: how far it came.
sub furthest_said {
	my (@runs) = @_;
	my ($event) = grep { my $what = $_; grep { $_->{$what} } @runs } qw(triggered reached);
	return $event ? ", $event" : '';
}

sub ablation_cell {
	my ($report, $bug, $way) = @_;
	my @runs = runs_of($report, $bug, $way) or return '-';
	my ($had) = median_of('exposed', @runs);
	return median_said('exposed', $report->{settings}{seconds}, @runs) . ($had ? '' : furthest_said(@runs));
}

# A line of sums: of how many bugs each way says so.
sub ablation_sum {
	my ($report, $target, $what, $is) = @_;
	return row("**$what**", map { my @of = way_of($report, $target, $_); scalar(grep { $is->($_) } @of) . ' of ' . @of } @{ $report->{settings}{ways} });
}

sub ablations_table {
	my ($report, $target) = @_;
	my @ways = @{ $report->{settings}{ways} };
	my $text = row('bug', @ways) . row(('---') x (1 + @ways));
	$text .= row($_->{name}, do { my $bug = $_; map { ablation_cell($report, $bug, $_) } @ways }) for grep { $_->{target} eq $target } @{ $report->{bugs} };
	$text .= ablation_sum($report, $target, 'exposed in all runs', sub { $_[0]{had} == @{ $_[0]{runs} } });
	$text .= ablation_sum($report, $target, 'in half of them', sub { defined $_[0]{median} });
	$text .= ablation_sum($report, $target, 'in some', sub { $_[0]{had} });
	$text .= row('**median of the medians**', map { my $way = $_; seconds_said($report, middle_of(map { $_->{median} } way_of($report, $target, $way))) } @ways);
	return $text;
}

# What the issue asks: no way but the first is to expose more than half.
sub ease_said {
	my ($report, $target) = @_;
	my (undef, @ways) = @{ $report->{settings}{ways} };
	my @easy = grep { my @of = way_of($report, $target, $_); 2 * grep({ defined $_->{median} } @of) > @of } @ways;
	return @easy ? 'More than half of them, by the median run: ' . join(', ', map { "`$_`" } @easy) . ".\n" : "None of the other ways exposes more than half of them by the median run.\n";
}

sub control_row {
	my ($report, $target, $way) = @_;
	my @runs = runs_of($report, { target => $target, name => 'control' }, $way) or return '';
	my %rule;
	$rule{ $_->{rule} // $_->{other}{rule} }++ for grep { $_->{exposed} || $_->{other} } @runs;
	my ($inputs, $noisy) = (0, 0);
	$inputs += $_->{inputs} // 0 for @runs;
	$noisy += $_ for values %rule;
	return row($target, $way, scalar @runs, $inputs, $noisy ? "findings in $noisy: " . join(', ', sort keys %rule) : 'silent');
}

sub control_table {
	my ($report) = @_;
	my $rows = join '', map { my $target = $_; map { control_row($report, $target, $_) } @{ $report->{settings}{ways} } } @{ $report->{targets} };
	return $rows ? row('stack', 'way', 'runs', 'inputs', 'found') . row(('---') x 5) . $rows : "Not played.\n";
}

# Inputs a second of processor time, of the controls, which nothing ends.
sub rates_table {
	my ($report) = @_;
	my $text = '';
	for my $target (@{ $report->{targets} }) {
		for my $way (@{ $report->{settings}{ways} }) {
			my $rate = middle_of(map { $_->{rate} // () } runs_of($report, { target => $target, name => 'control' }, $way));
			$text .= row("fuzz_$target, executions a second, from nothing, $way", sprintf('%d', $rate), '-') if defined $rate;
		}
	}
	return $text;
}

sub seeds_said {
	my (@seeds) = @_;
	return @seeds > 1 ? "seeds $seeds[0] to $seeds[-1]" : "seed $seeds[0]";
}

# What was not played of the ways other than the first.
sub left_out_said {
	my ($set) = @_;
	my $seeds = @{ $set->{seeds} };
	my $text = $set->{ablations} < $seeds ? " Ways other than `$set->{ways}[0]` were played with ${\(seeds_said(1 .. $set->{ablations}))}." : '';
	$text .= " What none of the first $set->{ablation_seeds} of these exposed was not played with the others, and counts as not exposed." if $set->{ablation_seeds} < $set->{ablations} && $set->{ablation_seeds} < $seeds;
	return $text;
}

sub head_said {
	my ($report) = @_;
	my ($m, $set) = @$report{qw(machine settings)};
	my $lwip = $m->{lwip} ? ", $m->{lwip}" : '';
	my $text = "$m->{date}; tcpspec $m->{tcpspec}$lwip, $m->{compiler}; $m->{cpu}, $m->{cores} cores, $m->{kernel}, load $m->{load} at the end. `make fuzz-bench`, ${\(seeds_said(@{ $set->{seeds} }))}, $set->{seconds} s for each run, from an empty corpus, "
	    . ($set->{jobs} > 1 ? "$set->{jobs} runs at once" . ($set->{core} eq 'any' ? '' : ', each on a core of its own') : 'one process at a time') . " ([fuzzing.md](fuzzing.md) says what is counted).\n\n";
	$text .= "Seconds are of processor time: the median over the seeds, and in how many runs it came to that. A run that ended without it counts as longer than its time.";
	$text .= left_out_said($set) if @{ $set->{ways} } > 1;
	return "$text\n";
}

sub tables_write {
	my ($report) = @_;
	my @targets = grep { my $target = $_; grep { $_->{target} eq $target } @{ $report->{bugs} } } @{ $report->{targets} };
	my $text = "# What the fuzzer finds of what was planted\n\n" . head_said($report);
	$text .= "\n" . totals_said($report, $_) for @targets;
	$text .= "\n## $_\n\n" . bugs_table($report, $_) for @targets;
	$text .= "\n## Control\n\nEach stack as it is; a finding here is none of any bug's.\n\n" . control_table($report);
	$text .= "\n## Ablations: $_\n\n" . ablations_table($report, $_) . "\n" . ease_said($report, $_) for @{ $report->{settings}{ways} } > 1 ? @targets : ();
	my $speed = rates_table($report) . join '', map { row(@$_{qw(what measured wanted)}) } @{ $report->{speed} };
	$text .= "\n## Speed and coverage\n\n" . row('what', 'measured', 'wanted') . row(('---') x 3) . $speed if $speed;
	return $text;
}

1;
