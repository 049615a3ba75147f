#!/usr/bin/perl
# What a ladder is played with is set for it, in namespaces of its own, and nowhere else: the same ladder fails where another value is set than it is judged by. Needs root, or user namespaces.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use File::Temp ();
use Test::More;

# A descriptor beside the tree's own, with one of its lines changed.
sub target_with {
	my ($from, $to) = @_;
	open(my $in, '<', 'targets/linux/target.ini') or die $!;
	my $text = do { local $/; <$in> };
	$text =~ s/\Q$from\E/$to/ or die "no line '$from'";
	$text =~ s/^known.*\n//mg;
	my $file = File::Temp->new(SUFFIX => '.ini');
	print $file $text;
	close $file;
	return $file;
}

sub verdict_of {
	my ($target, $id) = @_;
	my ($records) = play('-t', $target, '--all', '--quiet', "$id/v4");
	return verdicts($records)->{"$id/v4"} // 'none';
}

my $open = 'retransmit/give-up-open/a';
is(verdict_of('targets/linux/target.ini', $open), 'PASS', "$open: two retransmissions are given, and made");
is(verdict_of(target_with('tcp_syn_retries count 1..127', 'tcp_synack_retries count 1..127'), $open), 'FAIL', "$open: fails where they are not");
is(verdict_of(target_with('syn_retries        = sysctl net.ipv4.tcp_syn_retries count 1..127', ''), $open), 'UNIMPLEMENTED', "$open: is not played where nothing says how");
is(verdict_of(target_with('net.ipv4.tcp_syn_retries count', 'net.ipv4.no_such_sysctl count'), $open), 'UNIMPLEMENTED', "$open: nor where the kernel lacks it");

# Beside ladders of the target as it is, and shared by workers: each result once, and as ever.
my @both = ('--all', '--quiet', 'retransmit/give-up-open', 'security/throttle-*', 'handshake/figure-6');
my ($alone) = play(@both);
my ($shared) = play('-j', '2', @both);
is_deeply(verdicts($shared), verdicts($alone), 'workers change no verdict');
is(scalar(grep { $_->{type} eq 'result' } @$shared), scalar(keys %{verdicts($alone)}), 'each result comes once');
is(scalar(grep { $_->{verdict} ne 'PASS' } grep { $_->{type} eq 'result' } @$alone), 0, 'and all pass') or diag(explain(verdicts($alone)));
done_testing();
