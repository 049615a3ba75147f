#!/usr/bin/perl
# Runs in memory, as a command: on the reference stack, without a namespace, a wire or a privilege. Verdicts and reactions depend on nothing but the stack; faults of the wire have the
# verdicts that are predicted from a run without them; a stored run is judged the same; what means nothing in memory is refused.
use strict;
use warnings;
use lib 'tests/live';
use File::Temp ();
use Live;
use Test::More;

# MEMORY_SET: the set whose faults are predicted; larger ones take a minute. CHECK_ALL: all of its plays, and the full set is shuffled, not a third of the base one.
my @all = ('-t', 'reference', '--axes', 'full');
my @some = ('-t', 'reference', '--axes', $ENV{MEMORY_SET} // 'base');

sub same {
	my ($what, $got, $want) = @_;
	my @differ = grep { ($got->{$_} // 'absent') ne ($want->{$_} // 'absent') } sort keys %{ { %$got, %$want } };
	ok(!@differ, "$what: the same verdicts and reactions");
	diag("$_: $want->{$_}, and now " . ($got->{$_} // 'absent')) for @differ > 10 ? @differ[0 .. 9] : @differ;
}

my ($base, $code, $end) = judged(@all, '--seed', 1);
cmp_ok(scalar(keys %$base), '>', 20000, 'the full matrix and all ladders, ' . keys(%$base) . ' results');
is($end->{left_out}, 0, 'none is left out for its waiting');
is(join(',', sort keys %{ $end->{fences} }), 'call', 'every group is fenced by the return of the call');
my @failed = grep { $base->{$_} !~ /^(PASS|UNIMPLEMENTED|INFORMATIONAL) / } sort keys %$base;
ok(!@failed, 'the reference stack passes');
diag("$_: $base->{$_}") for @failed > 10 ? @failed[0 .. 9] : @failed;
is($code, 0, 'exit code 0');

my @shuffled = $ENV{CHECK_ALL} ? @all : (@some, '--shard', '2/3');
my ($shuffled) = judged(@shuffled, '--seed', 3, '--shuffle', '-j2');
cmp_ok(scalar(keys %$shuffled), '>', 700, 'shuffled, by two processes');
same('another seed, two processes, shuffled', $shuffled, { map { $_ => $base->{$_} } grep { exists $shuffled->{$_} } keys %$base });

# Shards, one of which is resumed.
my $dir = File::Temp->newdir;
my %shards;
for my $i (1, 2) {
	my ($part) = judged('-t', 'reference', '--seed', 4, '--shard', "$i/2");
	$shards{$_} = $part->{$_} for keys %$part;
}
my ($unsharded) = judged('-t', 'reference', '--seed', 5);
same('two shards', \%shards, $unsharded);
my @select = ('-t', 'reference', '--seed', 4, 'matrix/*');
system(command() . " run --json $dir/whole.jsonl @select >/dev/null 2>&1");
open(my $whole, '<', "$dir/whole.jsonl") or die $!;
my @lines = <$whole>;
open(my $cut, '>', "$dir/cut.jsonl") or die $!;
print $cut @lines[0 .. 100], substr($lines[101], 0, 40);
close $cut;
is(system(command() . " run --resume $dir/cut.jsonl @select >/dev/null 2>&1") >> 8, 0, 'a record that was cut off is resumed');
open(my $again, '<', "$dir/cut.jsonl") or die $!;
sub results { return join '', sort grep { /^\{"type":"result"/ } @_ }
is(results(<$again>), results(@lines), 'and is then what it was before, octet by octet: the clock is virtual');

# Stored, and judged again; with faults, so that there is something to tell.
for my $fault ([], ['--fault', 'delay-20ms'], ['--fault', 'wrong-ack']) {
	my $run = `@{[command()]} run -t reference --seed 5 --pcap $dir/run.pcapng @$fault 2>&1`;
	my $judge = `@{[command()]} judge $dir/run.pcapng 2>&1`;
	s/^# (elapsed|judged again from|tcpspec).*\n//mg, s/^  rerun:.*\n//mg for $run, $judge;
	is($judge, $run, "@$fault: the stored run is judged as it was");
}

# Predictions.
my @share = $ENV{CHECK_ALL} ? () : ('--shard', '1/4');
my ($records) = play(@some, @share, '--predict', '--seed', 6);
my (%predicted, %verdict, %again);
for my $r (grep { $_->{type} eq 'result' } @$records) {
	$verdict{ $r->{id} } = $r->{verdict};
	for my $line (@{ $r->{predicted} // [] }) {
		my ($kind, $verdict) = split / /, $line;
		$again{ $r->{id} } = 1 if $kind eq 'again';
		$predicted{$kind}{ $r->{id} } = $verdict if defined $verdict;
	}
}
is(scalar(keys %predicted), 11, 'eleven faults of the wire are predicted');
for my $kind (sort keys %predicted) {
	my $want = $predicted{$kind};
	my ($judged) = judged(@some, @share, '--fault', $kind, '--seed', 6);
	# A repetition that is late by so much is still in time for the wait of a ladder, which the recorded one had ended.
	my @compared = grep { $kind !~ /^delay/ || m{^matrix/} } sort keys %$want;
	my @differ = grep {
		my ($got) = split / /, $judged->{$_} // 'absent';
		# Of repetitions that a ladder waits for the next one may be in time as well. That it misses them when all are lost is asked below.
		$got ne $want->{$_} && !($kind eq 'drop' && $again{$_} && $got eq $verdict{$_});
	} @compared;
	my $failing = grep { $want->{$_} eq 'FAIL' } keys %$want;
	ok(keys %$want > 400 && $failing && !@differ, "$kind: $failing FAIL of " . keys(%$want) . ', as predicted');
	diag("$_: predicted $want->{$_}, got " . ($judged->{$_} // 'absent')) for @differ > 10 ? @differ[0 .. 9] : @differ;
}

# The stack keeps every ladder, and shows it all that a kernel may not: so each of them, also one that waits or needs what the kernel lacks, has to see that its last expectation is contradicted.
# A recommendation that is not kept is NON-STRICT, and no more.
my ($last) = play('-t', 'reference', '--fault', 'last', '--seed', 6, '-x', 'matrix/*');
my @ladders = grep { $_->{type} eq 'result' && $_->{verdict} ne 'UNIMPLEMENTED' } @$last;
my @blind = grep { $_->{verdict} ne 'FAIL' && !($_->{verdict} eq 'NON-STRICT' && $_->{level} eq 'SHOULD') } @ladders;
ok(@ladders > 1500 && !@blind, 'every ladder sees a fault at its last expectation, ' . @ladders . ' plays');
diag("$_->{id}: $_->{verdict}") for @blind;

for my $refused (['--patient'], ['--fault', 'stall'], ['--fault', 'rps'], ['--fault', 'busy'], ['--fault', 'mute']) {
	my $said = `@{[command()]} run -t reference @$refused 'handshake/figure-6/*' 2>&1`;
	is($? >> 8, 3, "@$refused is refused");
	like($said, qr/\Q$refused->[0]\E.*leave it out/, 'with what to do about it');
}

done_testing();
