#!/bin/sh
# Times the whole default run, set-up of the namespaces included, and its peak memory. Not a test: it asserts nothing about verdicts.
#
# usage: tests/bench.sh COMMAND [ROUNDS]   (COMMAND: build/tcpspec; ROUNDS: default 5)
set -eu
command=$1
rounds=${2:-5}
round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	perl -MTime::HiRes=time -e '
		my $began = time;
		my $pid = fork // die "fork: $!";
		if (!$pid) { open STDOUT, ">", "/dev/null" or die; exec @ARGV or die "$ARGV[0]: $!" }
		my $peak = 0;
		while (waitpid($pid, 1) == 0) {
			if (open my $in, "<", "/proc/$pid/status") {
				while (<$in>) { $peak = $1 if /^VmHWM:\s+(\d+)/ && $1 > $peak }
			}
			select undef, undef, undef, 0.005;
		}
		printf "%.3f s, %.1f MiB at the peak, exit code %d\n", time - $began, $peak / 1024, $? >> 8;
	' "$command" run --quiet
done
