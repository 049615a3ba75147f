#!/usr/bin/perl
# The cases of OPEN Alliance TC8, TCP, on the reference stack: which ids there are, that all pass when RFC 9293 judges, and that where TC8 judges otherwise the report says so. Other targets have
# their own verdicts.
use strict;
use warnings;
use File::Temp;
use Test::More;

my $tcpspec = $ENV{TCPSPEC} // 'build/tcpspec';
my $ACTIVE = 'BASICS 01-14,17; CHECKSUM 01-04; UNACCEPTABLE 01-14; CALL_RECEIVE 04,05; CALL_ABORT 02,03; FLAGS_INVALID 01-15; FLAGS_PROCESSING 02,05-11; CLOSING 03,06-09,13; MSS_OPTIONS 01-03,05,06,09-12;'
	. 'OUT_OF_ORDER 01-03,05; RETRANSMISSION_TO 03-06,08,09; PROBING_WINDOWS 02-06; NAGLE 02,03; URGENT_PTR 04; CONNECTION_ESTAB 01-03,07; HEADER 01,02,04-09,11; SEQUENCE 01-05; ACKNOWLEDGEMENT 02-04; CONTROL_FLAGS 05,08';
my @ids;
for (split /; */, $ACTIVE) {
	my ($group, @ranges) = split /[ ,]/;
	push @ids, map { my ($from, $to) = split /-/; map { sprintf 'TCP_%s_%02d', $group, $_ } $from .. $to // $from } @ranges;
}

sub run_cases {
	my @words = @_;
	open(my $from, '-|', $tcpspec, 'run', '-t', 'reference', '--suite', 'tc8', '--all', '--strict', @words) or die "$tcpspec: $!";
	my (%verdict, %remark, @order, @said);
	while (<$from>) {
		push @said, $_;
		if (/^(ok|not ok) \d+ - (TCP_\w+)( # SKIP (.*))?/) {
			push @order, $2;
			$verdict{$2} = $3 ? "skipped: $4" : $1;
		}
		$remark{ $order[-1] } = 1 if /^  remark: ./;
	}
	close $from;
	return (\@order, \%verdict, \%remark, join '', @said);
}

my $xml = File::Temp->new;
my ($order, $verdict, $remark, $said) = run_cases('--junit', "$xml");
is_deeply($order, \@ids, 'the 116 cases of version 3.0, in their order');
is(scalar @ids, 116, 'which are 116');
like($said, qr/^# suite: OPEN Alliance TC8 v3\.0, TCP: pre-qualification, not certification$/m, 'it says what it is worth');
is_deeply([grep { $verdict->{$_} eq 'not ok' && !$remark->{$_} } @ids], [], 'each FAIL of a stack that keeps RFC 9293 is one that the report explains');
is_deeply([grep { $verdict->{$_} =~ /^skipped/ && $verdict->{$_} !~ /^skipped: not covered: \w.* \w/ } @ids], [], 'and what is not covered has a reason');
my $document = do { local $/; <$xml> };
is_deeply([$document =~ /<testcase name="(TCP_\w+)"/g], [map { my $group = $_; grep { /^\Q$group\E_\d+$/ } @ids } do { my %seen; grep { !$seen{$_}++ } map { s/_\d+$//r } @ids }], 'JUnit has the same ids');

(undef, $verdict) = run_cases('--profile', 'rfc9293');
is_deeply([grep { $verdict->{$_} eq 'not ok' } @ids], [], 'where RFC 9293 judges, all pass');
done_testing();
