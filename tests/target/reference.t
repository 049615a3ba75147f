#!/usr/bin/perl
# The whole suite on the reference stack, on the virtual clock: every ladder and every cell of the exhaustive set passes, every SHOULD taken for a MUST, with no known deviation; and under the
# sanitizers all of it but the cells that only the exhaustive set has. Needs no privilege and no network.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use Test::More;

sub passes {
	my ($what, $command, $set, $least) = @_;
	my $told = `$command run -t reference --seed 1 --all --strict --quiet --axes $set -x 'ecn/syn-without/*' 2>&1`;
	is($? >> 8, 0, "$what: the $set set and every ladder, strictly") or diag($told);
	like($told, qr/^# (\d+) cells and (\d+) ladders: (\d+) passed, 0 FAIL, 0 known, 0 UNIMPLEMENTED, 0 INCONCLUSIVE of \3$/m, "$what: every single one passes") or diag($told);
	my ($cells, $ladders) = $told =~ /^# (\d+) cells and (\d+) ladders/m;
	ok(($cells // 0) >= $least && ($ladders // 0) >= 1900, "$what: and all were played") or diag($told);
	unlike($told, qr/runtime error|Sanitizer/, "$what: nothing forbidden was done");
}

# The one MAY of the suite that the stack does not use: it asks for ECN again when nobody has answered.
like(`@{[command()]} run -t reference --seed 1 --all --strict 'ecn/syn-without/*' 2>&1`, qr/^# 2 ladders: 0 passed, 2 INFORMATIONAL, 0 FAIL/m, 'what it may do and does not is told as such');

passes('as it is used', command(), 'exhaustive', 150_000);
passes('under the sanitizers', $ENV{TCPSPEC_SAN} // 'build/san/tcpspec', 'full', 20_000);

done_testing();
