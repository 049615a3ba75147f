#!/usr/bin/perl
# The whole suite on the reference stack, on the virtual clock: every ladder and every cell of the exhaustive set passes, every SHOULD taken for a MUST, with no known deviation; and under the
# sanitizers a sixteenth of what does not wait long, with the base matrix. CHECK_ALL=1: there, too, all that waits, and the full matrix. Needs no privilege and no network.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use Test::More;

# What the stack may do and does not, ladders of level MAY: it does not ask again without ECN when nobody has answered, and asks no more for the cookie that nobody answered with.
my @may = qw(ecn/syn-without fastopen/asked-again-later);
my $left = join(' ', map { "-x '$_/*'" } @may);
like(`@{[command()]} run -t reference --seed 1 --all --strict @{[map { "'$_/*'" } @may]} 2>&1`, qr/^# 4 ladders: 0 passed, 4 INFORMATIONAL, 0 FAIL/m, 'what it may do and does not is told as such');

sub passes {
	my ($what, $command, $set, $cells_least, $ladders_least, @all) = @_;
	my $told = `$command run -t reference --seed 1 @all --strict --quiet --axes $set $left 2>&1`;
	is($? >> 8, 0, "$what: the $set set and every ladder, strictly") or diag($told);
	like($told, qr/^# (\d+) cells and (\d+) ladders: (\d+) passed, 0 FAIL, 0 known, 0 UNIMPLEMENTED, 0 INCONCLUSIVE of \3$/m, "$what: every single one passes") or diag($told);
	my ($cells, $ladders) = $told =~ /^# (\d+) cells and (\d+) ladders/m;
	ok(($cells // 0) >= $cells_least && ($ladders // 0) >= $ladders_least, "$what: and all were played") or diag($told);
	unlike($told, qr/runtime error|Sanitizer/, "$what: nothing forbidden was done");
}

passes('as it is used', command(), 'exhaustive', 150_000, 1900, '--all');
passes('under the sanitizers', $ENV{TCPSPEC_SAN} // 'build/san/tcpspec', $ENV{CHECK_ALL} ? ('full', 20_000, 1900, '--all') : ('base', 10, 110, '--shard', '1/16'));

done_testing();
