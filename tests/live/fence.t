#!/usr/bin/perl
# Calibration is real: what makes the link fence unsound is noticed, and a stronger fence carries the run to the same verdicts. A call that is stalled
# inside the kernel is reported as a violated fence, never as a FAIL.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use Test::More;

my ($quiet) = play();
my $want = verdicts($quiet);
like($quiet->[0]{fence}, qr/^link 0\//, "undisturbed: $quiet->[0]{fence}");

sub disturbed {
	my ($kind) = @_;
	my ($records, $code, $printed) = play('--fault', $kind);
	my $got = verdicts($records);
	my @differ = grep { ($got->{$_} // 'absent') ne $want->{$_} } sort keys %$want;
	unlike($records->[0]{fence} // '', qr/^link/, "$kind: the link fence is refused: " . ($records->[0]{fence} // $printed));
	ok(!@differ, "$kind: the same " . keys(%$want) . ' verdicts');
	diag("$_: $want->{$_} undisturbed, $kind " . ($got->{$_} // 'absent')) for @differ;
}

SKIP: {
	skip 'RPS is set through sysfs by root only', 2 if $> != 0;
	disturbed('rps');
}
disturbed('busy');

SKIP: {
	skip 'userfaultfd of kernel faults is root\'s only', 2 if $> != 0;
	my ($records, $code, $printed) = play('--fault', 'stall', 'matrix/established/syn/exact/-/0/v4');
	my ($r) = grep { $_->{type} eq 'result' } @$records;
	is($r->{verdict}, 'INCONCLUSIVE', 'stall: INCONCLUSIVE') or diag($printed);
	like($r->{cause}, qr/^fence violated/, 'stall: ' . ($r->{cause} // ''));
}

done_testing();
