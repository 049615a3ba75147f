#!/usr/bin/perl
# The same verdicts, run after run, seed after seed, with both cores loaded: RUNS quiet ones (20) and LOADED loaded ones (5).
use strict;
use warnings;
use lib 'tests/live';
use Live;
use Test::More;

my $runs = $ENV{RUNS} // 20;
my $loaded = $ENV{LOADED} // 5;

sub burn { # a process that burns one core until it is ended
	my $pid = fork() // die "fork: $!";
	return $pid if $pid;
	1 while 1;
}

sub compare {
	my ($name, $want) = @_;
	my ($records) = play('--seed', int(rand(2**31)));
	my $got = verdicts($records);
	my @differ = grep { ($got->{$_} // 'absent') ne $want->{$_} } sort keys %$want;
	ok(!@differ, $name);
	diag("$_: $want->{$_} before, now ", unexplained($records, $_)) for @differ;
}

my ($first, $code, $printed) = play('--seed', 1);
my $want = verdicts($first);
cmp_ok(scalar(keys %$want), '>', 192, scalar(keys %$want) . ' verdicts') or diag($printed);
is(scalar(grep { $_ eq 'INCONCLUSIVE' } values %$want), 0, 'none is INCONCLUSIVE');
my @bad = grep { $want->{$_} =~ /^(?:FAIL|XPASS)$/ } sort keys %$want;
ok(!@bad, 'none is an unexplained FAIL') or diag(map { unexplained($first, $_) . "\n" } @bad);
compare("run $_ of $runs", $want) for 2 .. $runs;
my @burners = map { burn() } 1 .. 2 * 2;
compare("loaded run $_ of $loaded", $want) for 1 .. $loaded;
kill 'KILL', @burners;
waitpid $_, 0 for @burners;

done_testing();
