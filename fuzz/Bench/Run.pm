# One run of fuzz-bench: a harness from an empty corpus, for so many seconds or until it dies, and what it says with the time at which it said it. Seconds are those of the processor that the harness had, so
# that what else the machine does counts for little. It builds nothing and compares nothing.
package Bench::Run;
use strict;
use warnings;
use Bench::Harness;
use Exporter 'import';
use File::Path qw(make_path remove_tree);
use IO::Select;
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(time);
our @EXPORT = qw(run_play run_recall run_said harness_words);

# Seconds for one input, behind which it is taken for endless: a thousand times what the longest takes.
my $ENDLESS = 5;
# How often the clock may show a run's time before it is killed: on a machine that does other things.
my $PATIENCE = 20;
my $TICKS = POSIX::sysconf(POSIX::_SC_CLK_TCK());
my $json = JSON::PP->new->canonical;

sub key_of { return join ' ', @{ $_[0] }{qw(target name way seed seconds hash)} }

my $known;

# What an earlier bench has measured of the same; undef: nothing, or it is not asked for (RESUME).
sub run_recall {
	my ($subject, $way, $seed, $seconds, $harness) = @_;
	return if !$ENV{RESUME};
	my $file = bench_dir() . '/runs.jsonl';
	$known //= { map { my $run = $json->decode($_); (key_of($run) => $run) } -e $file ? split(/\n/, text_read($file)) : () };
	return $known->{ key_of({ target => $subject->{target}, name => $subject->{name}, way => $way, seed => $seed, seconds => $seconds, hash => $harness->{hash} }) };
}

# The command: on one core, or on any (undef), with nothing of the machine's that differs from run to run. Corpus and artifacts lie in `room`.
sub harness_words {
	my ($program, $core, $room, $seed, $seconds, @more) = @_;
	my @core = defined $core ? ('taskset', '-c', $core) : ();
	return ('sh', '-c', 'ulimit -S -t "$1"; shift; exec "$@"', 'sh', $seconds, @core, $program, "-seed=$seed", "-timeout=$ENDLESS", '-rss_limit_mb=2048', '-print_final_stats=1', "-artifact_prefix=$room/", @more, "$room/corpus");
}

# Starts it, with its output to be read.
sub harness_start {
	my (@words) = @_;
	pipe(my $from, my $to) or die "pipe: $!\n";
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		close $from;
		setpgrp(0, 0);
		open(STDIN, '<', '/dev/null') or die $!;
		open(STDERR, '>&', $to) or die $!;
		open(STDOUT, '>&', $to) or die $!;
		# Its own dying words are enough: names of functions for every frame take seconds.
		$ENV{ASAN_OPTIONS} = 'detect_leaks=0:symbolize=0:abort_on_error=1:handle_abort=2';
		$ENV{UBSAN_OPTIONS} = 'print_stacktrace=0:symbolize=0';
		exec @words or die "$words[0]: $!\n";
	}
	close $to;
	return ($pid, $from);
}

# Seconds of processor time that a process has had.
sub seconds_of {
	my ($pid) = @_;
	my @fields = split ' ', (text_read("/proc/$pid/stat") =~ s/.*\) //r);
	return ($fields[11] + $fields[12]) / $TICKS;
}

# Every line with its time; the harness is killed when $take says that it is over, or when its time is over and it goes on. How it ended.
sub lines_follow {
	my ($pid, $from, $ends_at, $take) = @_;
	my $select = IO::Select->new($from);
	my $rest = '';
	local @SIG{qw(INT TERM)} = (sub { kill 'KILL', -$pid; exit 1 }) x 2;
	while (1) {
		my $wait = $ends_at - time;
		if ($wait <= 0 || !$select->can_read($wait)) {
			kill 'KILL', -$pid;
			last;
		}
		my $got = sysread($from, my $octets, 65536);
		last if !$got;
		$rest .= $octets;
		my $over = 0;
		$over ||= $take->($1, seconds_of($pid)) while !$over && $rest =~ s/\A([^\n]*)\n//;
		next if !$over;
		kill 'KILL', -$pid;
		last;
	}
	close $from;
	waitpid $pid, 0;
	return $?;
}

# Where in the words of a dying harness the rule stands that it died of: in the order of their worth.
my @RULES = (
	[qr/^FINDING (\S+)/, sub { $1 }],
	[qr/ERROR: AddressSanitizer:? (?!ABRT|DEADLYSIGNAL)([\w-]+)/, sub { "asan:$1" }],
	[qr/runtime error: (.*)/, sub { 'ubsan:' . ($1 =~ s/ (of|for|by|is|in|from|with)\b.*| -?\d.*//r =~ s/ /-/gr) }],
	[qr/^lwIP: \S/, sub { 'lwip:assertion' }],
	[qr/ERROR: AddressSanitizer:? (ABRT|DEADLYSIGNAL)/, sub { 'asan:' . lc $1 }],
	[qr/ERROR: libFuzzer: (timeout|out-of-memory|deadly signal)/, sub { "libfuzzer:" . ($1 =~ s/ /-/gr) }],
);

# Whether the unpatched harness does not find the same in the input: what it finds as well is none of the bug's. kind: rule/STATE; undef: of what one dies that the other dies of does not matter.
sub control_is_silent {
	my ($run, $kind, $input) = @_;
	my ($rule, $state) = split m{/}, $kind // '';
	my $same = 0;
	my ($pid, $from) = harness_start($run->{control}, "-timeout=$ENDLESS", '-artifact_prefix=' . bench_dir() . '/control-', $input);
	my $status = lines_follow($pid, $from, time + 60, sub { $same ||= defined $kind && $_[0] =~ /^FINDING \Q$rule\E in \Q$state\E:/; 0 });
	return $status == 0 || (defined $kind && !$same);
}

# An input that triggered the bug, and in which the harness has found something. True: that is the bug, and the run is over.
sub finding_take {
	my ($run, $kind, $input, $inputs, $seconds) = @_;
	return 0 if $run->{exposed} || !control_is_silent($run, $kind, $input);
	@$run{qw(exposed rule state)} = ({ seconds => $seconds, inputs => $inputs }, split m{/}, $kind);
	return 1;
}

# An input that the harness died of: whether the one without the bug does so too.
sub artifact_take {
	my ($run, $input) = @_;
	$run->{died} = 1;
	$run->{confounded} = !control_is_silent($run, undef, $input);
	return 0;
}

# What one line says: into the record. True: the run is over.
sub line_take {
	my ($run, $line, $after) = @_;
	if ($line =~ /^bug: (reached|triggered|other finding) (?:(\S+) )?after (\d+) inputs, ([\d.]+) s/) {
		my ($event, $rule, $inputs, $seconds) = ($1, $2, $3, $4);
		$event =~ s/ .*//;
		$run->{$event} //= { seconds => $seconds + 0, inputs => $inputs + 0, $rule ? (rule => $rule) : () };
	}
	return finding_take($run, $1, $2, $3 + 0, $4 + 0) if $line =~ /^bug: finding (\S+) in (\S+) after (\d+) inputs, ([\d.]+) s/;
	return artifact_take($run, $1) if $line =~ /Test unit written to (\S+)/;
	$run->{inputs} = $1 + 0 if $line =~ /^bug: not exposed after (\d+) inputs/ || $line =~ /^stat::number_of_executed_units:\s*(\d+)/;
	for my $n (0 .. $#RULES) {
		next if $line !~ $RULES[$n][0] || (defined $run->{worth} && $run->{worth} <= $n);
		$run->{exposed} //= { seconds => $after };
		@$run{qw(rule worth)} = ($RULES[$n][1]->(), $n);
	}
	return 0;
}

sub rounded { return 0 + sprintf '%.2f', $_[0] }

# Plays it once, on that core. The record: reached, triggered, exposed, other (the first finding without the bug), each with seconds and inputs or absent; rule, and the state that it was broken in, where a rule of ours was; inputs; rate, executions a second of processor time.
sub run_play {
	my ($subject, $way, $seed, $seconds, $harness, $core) = @_;
	my $room = bench_room();
	my %run = (target => $subject->{target}, name => $subject->{name}, way => $way, seed => $seed, seconds => $seconds, hash => $harness->{hash}, control => $harness->{control});
	remove_tree($room);
	make_path("$room/corpus");
	my @words = harness_words($harness->{program}, $core, $room, $seed, $seconds, "--bench=$room", $way eq 'full' ? () : "--ablation=$way");
	my @before = times;
	my ($pid, $from) = harness_start(@words);
	my $status = lines_follow($pid, $from, time + $seconds * $PATIENCE, sub { line_take(\%run, $_[0], rounded($_[1])) });
	$run{inputs} //= $run{exposed} ? $run{exposed}{inputs} // 0 : 0;
	my @now = times;
	my $had = $now[2] + $now[3] - $before[2] - $before[3];
	$run{rate} = int($run{inputs} / $had) if $run{inputs} && $had;
	# So says a shell of what it cannot run (POSIX.1-2017, 2.8.2); 3: so ends a harness that cannot open.
	die "fuzz-bench: $harness->{program} ended with ", $status >> 8, " before its first input: run it by hand\n" if !$run{inputs} && ($status >> 8) =~ /^(?:3|12[67])$/;
	if ($status && !$run{exposed} && !$run{died}) {
		$run{exposed} = { seconds => rounded($had) };
		$run{rule} = $status & 127 ? 'signal:' . ($status & 127) : 'exit:' . ($status >> 8);
	}
	$run{other} //= { %{ delete $run{exposed} // {} }, rule => delete $run{rule} // 'died' } if $run{confounded};
	delete @run{qw(exposed rule state)} if $run{confounded};
	$run{exposed}{inputs} //= $run{inputs} if $run{exposed};
	delete @run{qw(worth died confounded control)};
	open(my $out, '>>', bench_dir() . '/runs.jsonl') or die "runs.jsonl: $!\n";
	print $out $json->encode(\%run), "\n";
	close $out or die "runs.jsonl: $!\n";
	return \%run;
}

# A line of it.
sub run_said {
	my ($run) = @_;
	my @words = map { $run->{$_} ? sprintf('%s %.1f s', $_, $run->{$_}{seconds}) : () } qw(reached triggered exposed other);
	return sprintf '%-9s %-28s %-8s %2d  %s', @$run{qw(target name way seed)}, join(', ', @words, $run->{rule} // (), sprintf('%d inputs', $run->{inputs} // 0));
}

1;
