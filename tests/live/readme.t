#!/usr/bin/perl
# The README shows what the tool prints now: the plan, the failure, the matrix, the model's slack. tests/readme.sh fills the samples; this only compares.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use Test::More;

sub slurp {
	my ($handle) = @_;
	local $/;
	return scalar <$handle>;
}

sub block {
	my ($text, $name) = @_;
	return $text =~ /^<!-- fill: begin \Q$name\E -->\n(.*?)^<!-- fill: end \Q$name\E -->$/ms ? $1 : "no block \"$name\"";
}

# The kernel that a README's samples are of: "6.18".
sub kernel {
	my ($text) = @_;
	return block($text, 'output') =~ /^# kernel: (\d+\.\d+)/m ? $1 : '?';
}

open(my $file, '<', 'README.md') or die "README.md: $!";
my $shown = slurp($file);
$ENV{TCPSPEC} = command();
open(my $filled, '-|', 'sh', 'tests/readme.sh', '--print') or die "tests/readme.sh: $!";
my $now = slurp($filled);
ok(close($filled), 'tests/readme.sh fills the samples') or BAIL_OUT('tests/readme.sh failed');

my $mend = 'tests/readme.sh rewrites it';
is(block($shown, 'failure'), block($now, 'failure'), 'the failure') or diag($mend);
is(block($shown, 'reference'), block($now, 'reference'), 'what the reference stack comes to') or diag($mend);
is(($shown =~ /<!-- fill: slack -->(.*)/)[0], ($now =~ /<!-- fill: slack -->(.*)/)[0], 'the slack') or diag($mend);
is((block($shown, 'output') =~ /^(1\.\.\d+)$/m)[0], (block($now, 'output') =~ /^(1\.\.\d+)$/m)[0], 'how many tests there are') or diag($mend);
SKIP: {
	skip 'the matrix shown is of Linux ' . kernel($shown) . ', this is ' . kernel($now), 2 if kernel($shown) ne kernel($now);
	is(block($shown, 'matrix'), block($now, 'matrix'), 'the matrix') or diag($mend);
	is(block($shown, 'slice'), block($now, 'slice'), 'a slice of it') or diag($mend);
}
unlike(block($shown, 'matrix'), qr/✗ \|/, 'no cell of it is an unexplained FAIL');
done_testing();
