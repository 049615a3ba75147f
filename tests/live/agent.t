#!/usr/bin/perl
# The Linux kernel through the agent has the verdicts of the direct target, over each transport; an agent that cannot be used ends the run by a sentence.
use strict;
use warnings;
use lib 'tests/live';
use File::Temp 'tempdir';
use Live;
use Test::More;

plan skip_all => 'NO_NAMESPACES=1' if ($ENV{NO_NAMESPACES} // '') eq '1';

my $room = tempdir(CLEANUP => 1);
chomp(my $here = `pwd`);

sub descriptor {
	my ($name, $command, $where) = @_;
	open(my $to, '>', "$room/$name.ini") or die "$room: $!";
	print $to "[target]\nlike = $here/targets/linux/target.ini\nname = linux-agent\nkind = remote\ncommand = $command\nupper_tester = $where\n";
	close($to) or die "$room: $!";
	return "$room/$name.ini";
}

my $direct = `@{[command()]} run -t linux --quiet --json $room/direct.json 'matrix/*' 2>&1`;
is($? >> 8, 0, 'the base matrix, by socket calls') or diag($direct);
my $told = `@{[command()]} run -t linux-agent --quiet --json $room/agent.json 'matrix/*' 2>&1`;
is($? >> 8, 0, 'the base matrix, through the agent') or diag($told);
like(`@{[command()]} diff $room/direct.json $room/agent.json 2>&1`, qr/^0 changed, \d+ the same\.$/m, 'the same verdicts and reactions');

for my $over (qw(udp tcp)) {
	my $file = descriptor($over, 'exec tcpspec-agent "$TCPSPEC_UPPER_TESTER" --service 0x0205', "testability:$over:127.0.0.1:10000,service=0x0205");
	my $run = `@{[command()]} run -t $file --quiet 'handshake/figure-6' 'close/figure-12' 2>&1`;
	like($run, qr/^# 6 ladders: 6 passed/m, "ladders over $over") or diag($run);
}

# An agent of a system that is not Linux tells no state: it is probed, and the records say so.
system("@{[$ENV{CC} // 'cc']} -O1 -DAGENT_PLAIN -o $room/plain targets/agent/tcpspec-agent.c") == 0 or die 'the agent cannot be compiled';
my $probed = `@{[command()]} run -t @{[descriptor('plain', "exec $room/plain \"\$TCPSPEC_UPPER_TESTER\"", 'testability:unix')]} --quiet --json $room/probed.json 'matrix/*' 2>&1`;
is($? >> 8, 0, 'the base matrix, with no state told') or diag($probed);
my $records = do { local (@ARGV, $/) = "$room/probed.json"; <> };
ok($records =~ /"by":\s*"probed"/ && $records !~ /"by":\s*"(?:reported|both)"/, 'each state was probed');

sub ends_with {
	my ($what, $file, $words) = @_;
	my $run = `@{[command()]} run -t $file --quiet 'handshake/figure-6' 2>&1`;
	is($? >> 8, 3, "$what: exit 3");
	like($run, $words, "$what: a sentence") or diag($run);
}

ends_with('no agent', descriptor('none', 'echo ready; exec cat', 'testability:unix'), qr/upper tester unix:\S+: connecting: No such file or directory; is the agent running there/);
ends_with('one that cannot begin', descriptor('dead', 'echo no luck >&2; exit 7', 'testability:unix'), qr/ended with code 7 before it was ready; its last words: `no luck`/);
ends_with('another service', descriptor('other', 'exec tcpspec-agent "$TCPSPEC_UPPER_TESTER"', 'testability:unix,service=0x0205,timeout=100 ms'), qr/no answer to GET_VERSION for 100 ms: is the agent running there, is the service's number right \(here 0x0205\)/);

done_testing();
