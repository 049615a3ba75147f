# The speeds of the harnesses, and what of lwIP's tcp_in.c fuzz_lwip comes to from an empty corpus. It finds no bugs.
package Bench::Speed;
use strict;
use warnings;
use Bench::Harness;
use Bench::Jobs;
use Bench::Run;
use Exporter 'import';
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use JSON::PP ();
our @EXPORT = qw(speed_measure);

sub built { return ($ENV{BUILD} // 'build') . "/fuzz/$_[0]" }

my $RUNS = 5; # of each rate, in turns: machines differ from themselves by more than a change does, and for longer than a run

# What is to be measured ([what, program, options, wanted], ...), and the median of the executions a second of each, from one script of four segments.
sub rates_of {
	my ($seconds, @what) = @_;
	my %rates;
	for my $seed (1 .. $RUNS) {
		push @{ $rates{ $_->[0] } }, rate_once($seed, $_->[1], $seconds, $_->[2], script_write()) // () for @what;
	}
	return map { row_said($_->[0], (sort { $a <=> $b } @{ $rates{ $_->[0] } })[$RUNS / 2], $_->[3]) } @what;
}

# Executions a second of a harness that fuzzes for so long from the files given, on inputs no longer than the longest of them.
sub rate_once {
	my ($seed, $program, $seconds, $options, @files) = @_;
	my $room = bench_room();
	remove_tree($room);
	make_path("$room/corpus");
	my $longest = 0;
	for my $file (@files) {
		copy($file, "$room/corpus/") or die "$file: $!\n";
		$longest = -s $file if -s $file > $longest;
	}
	my @words = harness_words($program, core_first(), $room, $seed, $seconds, "--bench=$room", @$options, $longest ? "-max_len=$longest" : ());
	my @before = times;
	my $said = shell_said(@words);
	my @now = times;
	return $said =~ /^bug: not exposed after (\d+) inputs/m ? int($1 / ($now[2] + $now[3] - $before[2] - $before[3])) : undef;
}

# What a command says, by way of a file: that somebody reads beside it costs the writer time.
sub shell_said {
	my (@words) = @_;
	open(my $said, '+>', undef) or die "a file for @words: $!\n";
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		open(STDOUT, '>&', $said) or die $!;
		open(STDERR, '>&', $said) or die $!;
		open(STDIN, '<', '/dev/null') or die $!;
		$ENV{ASAN_OPTIONS} = 'detect_leaks=0';
		exec @words or die "$words[0]: $!\n";
	}
	waitpid $pid, 0;
	seek($said, 0, 0) or die "a file for @words: $!\n";
	local $/;
	return <$said> // '';
}

# A script of four segments behind a passive OPEN, as fuzz/input.h has it (version 1): SYN; ACK; ACK with ten octets; FIN,ACK.
sub script_write {
	my $file = bench_dir() . '/four-segments';
	my @segments = map { pack('C C v C C', 0, $_->[1] ? 4 : 0, $_->[0], 0, 0) . ($_->[1] ? pack('v', $_->[1]) : '') } [0x02, 0], [0x10, 0], [0x10, 10], [0x11, 0];
	open(my $out, '>:raw', $file) or die "$file: $!\n";
	print $out pack('C C', 1, 0), pack('C C v', 1, 0, 0), @segments;
	close $out or die "$file: $!\n";
	return $file;
}

sub row_said {
	my ($what, $rate, $wanted) = @_;
	return { what => $what, measured => defined $rate ? $rate : 'not measured', wanted => $wanted };
}

# A tool of LLVM, of clang's own version where it has one.
sub tool {
	my ($name) = @_;
	my ($version) = `${\($ENV{FUZZ_CC} || 'clang')} -dumpversion` =~ /^(\d+)/;
	return (grep { system("command -v $_ >/dev/null 2>&1") == 0 } "$name-$version", $name)[0] // die "fuzz-bench: needs $name: apt-get install llvm\n";
}

# Percent of the lines, and of the branches, of one source that a harness with counters of clang's comes to by the inputs in a directory, or in a file.
sub coverage_of {
	my ($covered, $source, $inputs) = @_;
	my $dir = bench_dir() . '/coverage';
	remove_tree($dir);
	make_path("$dir/kept");
	local $ENV{LLVM_PROFILE_FILE} = "$dir/raw";
	shell_said($covered, '-runs=0', "--bench=$dir/kept", $inputs);
	my ($merge, $show) = (tool('llvm-profdata'), tool('llvm-cov'));
	system($merge, 'merge', '-sparse', '-o', "$dir/profile", "$dir/raw") == 0 or return;
	my $said = JSON::PP::decode_json(shell_said($show, 'export', '-summary-only', "-instr-profile=$dir/profile", $covered, $source));
	my $totals = $said->{data}[0]{totals};
	return map { $totals->{$_}{percent} } qw(lines branches);
}

# What of tcp_in.c fuzz_lwip comes to from nothing, in so many seconds.
sub coverage_rows {
	my ($seconds) = @_;
	return if !harness_is('lwip');
	my $file = 'src/core/tcp_in.c';
	my $covered = harness_make('lwip', 'covered', [$file], undef, '-fprofile-instr-generate -fcoverage-mapping');
	my $source = bench_dir() . "/lwip/covered/$file";
	my $room = bench_room();
	my @rows;
	remove_tree($room);
	make_path("$room/corpus", "$room/empty");
	open(my $out, '>', "$room/empty/nothing") or die "$room: $!\n";
	close $out;
	push @rows, row_covered('the empty input alone', '-', coverage_of($covered, $source, "$room/empty"));
	shell_said(harness_words(built('fuzz_lwip'), core_first(), $room, 1, $seconds, "--bench=$room"));
	push @rows, row_covered("$seconds s from an empty corpus", '80 %, 60 %', coverage_of($covered, $source, "$room/corpus"));
	return @rows;
}

sub row_covered {
	my ($what, $wanted, @percent) = @_;
	return { what => "fuzz_lwip, lines and branches of tcp_in.c, $what", measured => @percent ? sprintf('%.1f %%, %.1f %%', @percent) : 'not measured', wanted => $wanted };
}

# What of the time is not the judge's, nor the stack's: without sanitizers in what is under test, with the engine and the mutator alone, on inputs as long.
sub floors {
	my @sources = glob 'targets/reference/*.c';
	my $address = harness_make('reference', 'address', \@sources, undef, '-fno-sanitize=undefined');
	my $bare = harness_make('reference', 'bare', \@sources, undef, '-fno-sanitize=address,undefined');
	return (
		['fuzz_reference, the same with AddressSanitizer alone', $address, [], '-'],
		['fuzz_reference, the same without sanitizers', $bare, [], '-'],
		['fuzz_reference, the same with nothing played: engine, mutator and decoding', built('fuzz_reference'), ['--play=no'], '-']);
}

sub speed_measure {
	my $seconds = $ENV{SPEED_SECONDS} || 5;
	my @what;
	for (['reference', 100_000], ['lwip', 40_000], ['linux', 20_000]) {
		my ($name, $wanted) = @$_;
		my $program = built("fuzz_$name");
		push @what, ["fuzz_$name, executions a second, from a script of four segments, none longer", $program, [], $wanted] if -x $program;
	}
	push @what, floors() if harness_is('reference');
	return [rates_of($seconds, @what), coverage_rows($ENV{SECONDS} || 60)];
}

1;
