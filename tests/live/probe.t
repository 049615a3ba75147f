#!/usr/bin/perl
# The state after a cell, both ways: what the kernel reports must be among what its replies to probes show. The base matrix, in both families.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Live;
use Test::More;

my ($records, $code, $printed) = play('--quiet', '--probe', 'matrix/*', 'control/*');
is($code, 0, 'the base matrix and the control cells, probed') or diag($printed);
my @results = grep { $_->{type} eq 'result' } @$records;
my @cells = grep { $_->{id} =~ m{^matrix/} } @results;
cmp_ok(scalar @cells, '>=', 192, 'every cell has a verdict');
is_deeply([map { $_->{id} } grep { $_->{state}{by} ne 'both' } @cells], [], 'each was reported and probed');
is_deeply([map { $_->{id} } grep { $_->{actual} =~ /probed/ } @results], [], 'no reported state is outside its class');

# Another seed gives other numbers, and the same classes.
my ($again, $again_code) = play('--quiet', '--probe', '--seed', '4711', 'matrix/*', 'control/*');
is($again_code, 0, 'the same with another seed');
is_deeply(verdicts($again), verdicts($records), 'and the same verdicts');

# Without the option nothing is probed, and the verdicts are the same.
my ($plain) = play('--quiet', 'matrix/*');
is_deeply([grep { $_->{state}{by} ne 'reported' } grep { $_->{type} eq 'result' } @$plain], [], 'without --probe the state is reported alone');
my ($with, $without) = (verdicts($records), verdicts($plain));
is_deeply([grep { $with->{$_} ne $without->{$_} } sort keys %$without], [], 'probing changes no verdict');

# What cannot be probed is not passed off as probed.
my (undef, $refused, $why) = play('--quiet', '--probe', '--patient', 'matrix/listen/*');
is($refused, 2, '--probe with --patient is refused');
like($why, qr/--probe: .* leave out --patient/, 'and says why');
done_testing();
