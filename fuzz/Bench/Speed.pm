# The speeds of the harnesses, and what of lwIP's tcp_in.c fuzz_lwip comes to from an empty corpus. It finds no bugs.
package Bench::Speed;
use strict;
use warnings;
use Bench::Harness;
use Bench::Run;
use Exporter 'import';
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
our @EXPORT = qw(speed_measure);

my $SEGMENTS = 4;

sub built { return ($ENV{BUILD} // 'build') . "/fuzz/$_[0]" }

# Executions a second of a harness that fuzzes for so long from the files given, on inputs no longer than the longest of them.
sub rate_of {
	my ($program, $seconds, @files) = @_;
	my $room = bench_dir() . '/room';
	remove_tree($room);
	make_path("$room/corpus");
	my $longest = 0;
	for my $file (@files) {
		copy($file, "$room/corpus/") or die "$file: $!\n";
		$longest = -s $file if -s $file > $longest;
	}
	my @words = harness_words($program, $room, 1, $seconds, $longest ? "-max_len=$longest" : ());
	my @before = times;
	my $said = shell_said(@words);
	my @now = times;
	return $said =~ /^stat::number_of_executed_units:\s*(\d+)/m ? int($1 / ($now[2] + $now[3] - $before[2] - $before[3])) : undef;
}

sub shell_said {
	my (@words) = @_;
	my $pid = open(my $from, '-|') // die "fork: $!\n";
	if (!$pid) {
		open(STDERR, '>&', \*STDOUT) or die $!;
		open(STDIN, '<', '/dev/null') or die $!;
		$ENV{ASAN_OPTIONS} = 'detect_leaks=0';
		exec @words or die "$words[0]: $!\n";
	}
	local $/;
	my $said = <$from>;
	close $from;
	return $said // '';
}

# The seeds of a stack's harness that say so many segments, as far as their names or the lister know.
sub seeds_of {
	my ($harness) = @_;
	my $lister = built('make-seeds');
	my $dir = bench_dir() . "/seeds-$SEGMENTS";
	remove_tree($dir);
	make_path($dir);
	return if !-x $lister || system($lister, $dir, "--segments=$SEGMENTS") != 0;
	return glob("$dir/*");
}

sub row_said {
	my ($what, $rate, $wanted) = @_;
	return { what => $what, measured => defined $rate ? $rate : 'not measured', wanted => $wanted };
}

sub speed_measure {
	my $seconds = $ENV{SPEED_SECONDS} || 10;
	my @rows;
	for (['reference', 100_000], ['lwip', 40_000], ['linux', 20_000]) {
		my ($name, $wanted) = @$_;
		my $program = built("fuzz_$name");
		next if !-x $program;
		push @rows, row_said("fuzz_$name, executions a second, scripts of $SEGMENTS segments", rate_of($program, $seconds, seeds_of($name)), $wanted);
	}
	return \@rows;
}

1;
