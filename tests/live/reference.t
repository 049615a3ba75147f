#!/usr/bin/perl
# The reference stack on a link, in a network namespace of this test's own: the same verdicts as in process, on a link that the run makes and on one that was there; what is said when there is none; and
# real programs on the kernel's own TCP talking to it over a wire that loses, doubles, reorders and damages. Verdicts are compared, never judged.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use Cwd qw(abs_path);
use File::Temp ();
use IO::Select;
use IO::Socket::IP;
use IPC::Open2;
use Socket qw(SHUT_WR);
use Test::More;
use Time::HiRes qw(time);

# A namespace of our own; an ordinary user needs one of users for it.
if (!$ENV{TCPSPEC_REFERENCE_T}) {
	my @unshare = ('unshare', $> ? '-rn' : '-n');
	plan skip_all => "no network namespace here (@unshare)" if system("@unshare true 2>/dev/null") != 0;
	$ENV{TCPSPEC_REFERENCE_T} = 1;
	$ENV{TCPSPEC} = abs_path(command());
	exec(@unshare, $^X, $0) or die "unshare: $!";
}
my $program = command() =~ s/tcpspec$/tcpspec-reference/r;
my $dir = File::Temp->newdir;
my ($pair4, $pair6, $kernel4) = ('192.0.2.77', '2001:db8::77', '192.0.2.1');

sub ip {
	system('ip', @_) == 0 or die "ip @_: failed\n";
}

# What differs, as lines.
sub differences {
	my ($got, $want) = @_;
	my %all = (%$got, %$want);
	return map { "$_: " . ($got->{$_} // 'nothing') . ', in process ' . ($want->{$_} // 'nothing') } grep { ($got->{$_} // '') ne ($want->{$_} // '') } sort keys %all;
}

# ---- the same verdicts ----

# They declare the same, but for times.
sub section {
	my ($name, $target) = @_;
	open(my $ini, '<', "targets/$target/target.ini") or die "targets/$target/target.ini: $!";
	my ($text) = do { local $/; <$ini> } =~ /^\[\Q$name\E\]\n(.*?)(?=^\[|\z)/ms;
	return join '', map { s/\s*#.*//r } grep { !/^(?:given|\s*#|\s*$)/ } split /^/, $text;
}
is(section($_, 'reference-live'), section($_, 'reference'), "the two declare the same [$_]") for qw(choices capabilities);

# What waits for the throttle does so by itself, while the others are asked: two minutes with all of it.
my @slow = ($ENV{REFERENCE_ALL} ? '--all' : (), 'security/throttle*');
my $slow_record = "$dir/slow.json";
my $slow_run = fork // die "fork: $!";
if ($slow_run == 0) {
	open(STDOUT, '>', "$dir/slow.tap") or die $!;
	exec(command(), 'run', '-t', 'reference-live', '--json', $slow_record, @slow) or die "exec: $!";
}
# What the head of a ladder's file says, and its calls: by the ladder's name, which is the file's.
my %text = map { my $path = $_; open(my $in, '<', $path) or die "$path: $!"; local $/; ($path =~ m{^suite/(.*)\.ladder$}, scalar <$in>) } glob('suite/*/*.ladder');

# The text of the ladder of an id; of a cell nothing.
sub ladder_text {
	return $text{ $_[0] =~ s{(?:/[a-z0-9-]+=[^/]*)?/[ab]/v[46]$}{}r } // '';
}

# Ladders that are given something have the command started again for each such set, one after the other, and what of it takes longest is waiting. REFERENCE_ALL=1: they too, and also what waits longer
# than five seconds.
my @given = map { $text{$_} =~ /^with:/m ? ('-x', "$_/*") : () } sort keys %text;
my @fast = ('-x', 'security/throttle*', $ENV{REFERENCE_ALL} ? () : @given);
my ($records, $code, $printed) = play('-t', 'reference', '--seed', 1, @fast);
my $want = verdicts($records);
cmp_ok(scalar(keys %$want), '>', 1200, 'in process: cells and ladders') or diag($printed);
my $got;
($records, $code, $printed) = play('-t', 'reference-live', '--seed', 1, $ENV{REFERENCE_ALL} ? '--all' : (), @fast);
$got = verdicts($records);
# A process may be woken late where a kernel's timer is not. Whatever waits is asked again, by itself; what does not is not.
my @late = grep { ($got->{$_} // '') ne ($want->{$_} // '') && ($got->{$_} // '') ne 'UNIMPLEMENTED' && !m{^matrix/} } keys %$want;
if (@late && @late < 20) {
	my ($again) = play('-t', 'reference-live', '--seed', 2, @late);
	my $second = verdicts($again);
	$got->{$_} = $second->{$_} for keys %$second;
}
# What it does not play says why: timers exact to a millisecond, which no machine under load has and the live one does not declare; a link of another MTU; and an OPEN with text, for which
# doc/exec.md has no line.
my @unplayed = grep { $got->{$_} eq 'UNIMPLEMENTED' && ($want->{$_} // '') ne 'UNIMPLEMENTED' } keys %$got;
is(join("\n", grep { ladder_text($_) !~ /^with:.*\b(?:tick=1 ms|mtu=)|\(Open active with /m } sort @unplayed), '', 'what the live one cannot play needs exact timers, another link, or an OPEN with text');
delete @$want{@unplayed};
delete @$got{@unplayed};
my ($left_out) = $printed =~ /^# left out: (\d+) that wait longer/m;
my @missing = grep { !exists $got->{$_} } keys %$want;
is(scalar(@missing), $left_out // 0, 'what is not played is what waits too long');
delete $want->{$_} for @missing;
my @differ = differences($got, $want);
is(scalar(@differ), 0, 'on a link: the same verdicts, id by id') or diag(join("\n", @differ[0 .. ($#differ < 9 ? $#differ : 9)]), "\n", $printed =~ s/(?s).*(.{400})$/$1/r);
like($printed, qr{^# fence: link 0/6000 overtaken}m, 'its fence is sound');

# Who does not tell the state is probed for it. (The second line that the program writes is what it can.)
($records, $code, $printed) = play('-t', 'reference-live', '--upper-tester', q{exec:tcpspec-reference --packet "$TCPSPEC_INTERFACE" --address "$TCPSPEC_ADDRESS4" --address "$TCPSPEC_ADDRESS6" "$@" | sed -u '2s/ state / /'}, 'matrix/established/*', 'matrix/last-ack/*');
is(join(' ', $code, map { "$_->{id} $_->{verdict}" } grep { $_->{type} eq 'result' && ($_->{verdict} ne 'PASS' || $_->{state}{by} ne 'probed') } @$records), '0', 'without `state` the probed one stands in') or diag($printed =~ s/(?s).*(.{400})$/$1/r);
like($printed, qr/^# .*state=not told by the target/m, 'and the header says so');

# Who can neither forget a connection nor find one that is not accepted has it ended by the tester's RST and by ABORT: these draw nothing that is a cell's.
($records, $code, $printed) = play('-t', 'reference-live', '--upper-tester', q{exec:tcpspec-reference --packet "$TCPSPEC_INTERFACE" --address "$TCPSPEC_ADDRESS4" --address "$TCPSPEC_ADDRESS6" "$@" | sed -u '2s/ forget / /; 2s/ find / /'}, 'matrix/*');
is(join(' ', $code, map { "$_->{id} $_->{verdict}" } grep { $_->{type} eq 'result' && $_->{verdict} ne 'PASS' } @$records), '0', 'without `forget` and `find` the same verdicts') or diag($printed =~ s/(?s).*(.{400})$/$1/r);

# A stack that makes its own link, and one that is started beside who steers it; and no more at a time than it has room for.
my $own = "$dir/own.ini";
open(my $ini, '>', $own) or die "$own: $!";
print $ini <<'INI';
[target]
name        = own
kind        = exec
start       = echo hello; echo I am ready; echo still; exec cat
ready       = am ready
command     = exec tcpspec-reference --tap "$TCPSPEC_INTERFACE" --address "$TCPSPEC_ADDRESS4" --seed "$TCPSPEC_SEED" "$@"
interface   = tap0
address     = 10.0.0.2
connections = 2
fence       = link
[stack]
listeners   = 4
prefix_v4   = 24
INI
close $ini or die "$own: $!";
($records, $code, $printed) = play('-t', $own, 'handshake/figure-6');
is(join(' ', $code, map { "$_->{id} $_->{verdict}" } grep { $_->{type} eq 'result' && $_->{verdict} !~ /^(?:PASS|UNIMPLEMENTED)$/ } @$records), '0', 'a TAP of its own, a program beside it, and few connections') or diag($printed =~ s/(?s).*(.{400})$/$1/r);
like($printed, qr/^# link: tap0 in this namespace, attached, /m, 'is the link of the run');
# Its link goes with it, and it cannot be started again: that ends the run, and its record is whole.
my ($once, $like) = ("$dir/once.ini", abs_path(($ENV{TCPSPEC_DATA} // '.') . '/targets/reference-live/target.ini'));
open($ini, '>', $once) or die "$once: $!";
print $ini <<"INI";
[target]
like        = $like
name        = once
command     = mkdir $dir/begun || exit; sed -u 2000q | tcpspec-reference --tap "\$TCPSPEC_INTERFACE" --address "\$TCPSPEC_ADDRESS4" --address "\$TCPSPEC_ADDRESS6" "\$@"
interface   = tap0
address     = 192.0.2.2, 2001:db8::2
INI
close $ini or die "$once: $!";
($records, $code, $printed) = play('-t', $once, '--quiet', '--axes', 'full', 'matrix/established/*');
is(join(' ', $code, $records->[-1]{type}), '1 end', 'who makes its own link dies and does not come again: the run tells of it to its end') or diag($printed =~ s/(?s).*(.{400})$/$1/r);
like($printed, qr/^tcpspec: started again after it was lost: /m, 'with the reason');

# Cells in quarantine and ladders share the wire: what comes for a ladder is not the cells' to read. A stack that is short of listeners has many ladders begin again at once.
($records, $code, $printed) = play('-t', 'reference-live', '--upper-tester', 'exec:exec tcpspec-reference --packet "$TCPSPEC_INTERFACE" --address "$TCPSPEC_ADDRESS4" --address "$TCPSPEC_ADDRESS6" "$@" --set listeners=24', 'matrix/*', 'close/*', 'handshake/*');
unlike($printed, qr/fences in a row were lost/, 'no answer is lost to others that read the wire');
is(scalar(grep { $_->{type} eq 'result' && $_->{verdict} !~ /^(?:PASS|UNIMPLEMENTED)$/ && ($_->{cause} // '') !~ /TCPSPEC_FULL/ } @$records), 0, 'and nothing fails but for want of a listener');

# ---- a link that is there ----

ip(qw(link set lo up));
ip(qw(link add name near type veth peer name far));
system("echo 1 >/proc/sys/net/ipv6/conf/$_/disable_ipv6") for qw(far);
ip(qw(link set dev), $_, qw(up)) for qw(near far);
my $steer = "exec:exec tcpspec-reference --packet far --address $pair4 --address $pair6 \"\$@\"";
my @attach = ('-t', 'reference-live', '--iface', 'near', '--upper-tester', $steer);
my %cells = map { $_ => $want->{$_} } grep { m{^matrix/} } keys %$want;

($records, $code, $printed) = play(@attach, '--target-addr', "$pair4,$pair6", 'matrix/*');
is(scalar(@differ = differences(verdicts($records), \%cells)), 0, 'attached by --iface: the same verdicts') or diag(@differ, $printed =~ s/(?s).*(.{400})$/$1/r);
is($code, 0, 'and exit code 0');
like($printed, qr/^# link: near in this namespace, attached, target at [0-9a-f:]{17}, /m, 'the header says where');

($records, $code, $printed) = play(@attach, '--target-addr', $pair4, 'matrix/listen/*', 'matrix/time-wait/*');
$got = verdicts($records);
is(scalar(grep { m{/v6} && $got->{$_} ne 'UNIMPLEMENTED' } keys %$got), 0, 'of a family that was not given nothing is judged');
is(scalar(grep { m{/v4} && $got->{$_} ne 'PASS' } keys %$got), 0, 'of the other all is');

# In a VLAN. The kernel takes tags off what comes in, and tells of them beside the frame: an untagged stack on the same link is another one.
($records, $code, $printed) = play('-t', 'reference-live', '--iface', 'near', '--vlan', '5:3', '--upper-tester', $steer =~ s/ --packet/ --vlan 5 --packet/r, '--target-addr', "$pair4,$pair6", 'matrix/listen/*');
is($code, 0, 'attached in a VLAN') or diag($printed);
like($printed, qr/^# link: near in this namespace, attached, VLAN 5, target at /m, 'the header says so');

# Another namespace, named by a process in it.
my $holder = open(my $from, '-|', q{unshare -n sh -c 'ip link set lo up && ip link add name near type veth peer name far && ip link set far up && ip link set near up && echo ready && exec cat >/dev/null'} . " <$dir/hold")
	if system('mkfifo', "$dir/hold") == 0;
open(my $hold, '>', "$dir/hold") or die "$dir/hold: $!";
my $ready = <$from> // '';
SKIP: {
	skip 'no second namespace', 2 if $ready ne "ready\n";
	my ($inside) = grep { defined } map { /^(\d+)/ } qx(pgrep -P $holder cat), $holder;
	($records, $code, $printed) = play(@attach, '--netns', $inside, '--target-addr', "$pair4,$pair6", 'matrix/listen/*');
	is($code, 0, 'attached by --netns PID') or diag($printed);
	like($printed, qr/^# link: near in namespace $inside, attached/m, 'the header says where');
}
close $hold;
close $from;

# ---- what is said when it cannot be ----

my $mute = 'exec:echo ready 1 mute; while read -r line; do case $line in can) echo ok listen find release abort state told forget close send receive connect;; listen*) echo ok 1;; *) exec sleep 60; esac; done';
my @bad = (
	['no such interface', qr/there is no such interface in this network namespace; there are: .*near/, @attach, '--iface', 'nosuch', '--target-addr', $pair4],
	['no such namespace', qr{/run/netns/nosuch: No such file}, @attach, '--netns', 'nosuch', '--target-addr', $pair4],
	['a process that is none', qr{/proc/4194305/ns/net: No such file}, @attach, '--netns', '4194305', '--target-addr', $pair4],
	['not an Ethernet', qr/not an Ethernet interface/, @attach, '--iface', 'lo', '--target-addr', $pair4],
	['nobody there', qr/nobody answered for 192\.0\.2\.99 on near: asked \d+ times by ARP/, @attach, '--target-addr', '192.0.2.99'],
	['nobody there in that VLAN', qr/nobody answered for \Q$pair4\E in VLAN 6 on near: asked \d+ times by ARP/, @attach, '--vlan', '6', '--target-addr', $pair4],
	['an address that others have', qr/not a private, link-local or documentation address.*--i-own-this-target/, @attach, '--target-addr', '8.8.8.8'],
	['one that no host has', qr/224\.0\.0\.1: not the address of one host/, @attach, '--i-own-this-target', '--target-addr', '224.0.0.1'],
	['no such program', qr/command `nosuchprogram` ended with code 127 before it was ready; its last words: `.*nosuchprogram/, @attach, '--upper-tester', 'exec:nosuchprogram', '--target-addr', $pair4],
	['a program that dies', qr/ended with code 4 when asked to `can`; its last words: `no more`/, @attach, '--upper-tester', 'exec:echo ready 1 x; read -r line; echo no more >&2; exit 4', '--target-addr', $pair4],
	['a program that talks nonsense', qr/answered `what\?` to `can`: expected a line that begins with ok/, @attach, '--upper-tester', 'exec:echo ready 1 x; read -r line; echo "what?"; read -r line', '--target-addr', $pair4],
	['one that begins with nonsense', qr/began with `hello`: expected `ready 1 NAME`/, @attach, '--upper-tester', 'exec:echo hello; read -r line', '--target-addr', $pair4],
	['one that is never ready', qr/said nothing for 4 s before it was ready/, @attach, '--upper-tester', 'exec:exec cat', '--target-addr', $pair4],
	['a target that only its own run could steer', qr/kind = linux cannot be steered on a link that we did not make/, '--iface', 'near', '--target-addr', $pair4],
	['an upper tester of no kind', qr/--upper-tester nosuch: expected exec:COMMAND/, '-t', 'reference-live', '--upper-tester', 'nosuch'],
);
for my $case (@bad) {
	my ($name, $pattern, @args) = @$case;
	($code, $printed) = tcpspec('run', '--quiet', @args, 'matrix/listen/*');
	is($code, 3, "$name: exit code 3");
	like($printed, $pattern, "$name: the reason");
}
my ($judged, $last);
($judged, $code, $last, $printed) = judged('-t', 'reference-live', '--quiet', '--upper-tester', 'exec:sed -u 2000q | tcpspec-reference --packet "$TCPSPEC_INTERFACE" --address "$TCPSPEC_ADDRESS4" --address "$TCPSPEC_ADDRESS6" "$@"', '--axes', 'full', 'matrix/*');
is($code, 1, 'a program that dies over and over is given up');
like($printed, qr/`sed -u 2000q .*` ended with code 0 when asked to `\w+ .*`; it said nothing on stderr/, 'with what it was asked');
cmp_ok(scalar(grep { /^PASS/ } values %$judged), '>', 20, 'what was decided before is kept');
is(scalar(grep { /^FAIL/ } values %$judged), 8, 'what it died of has failed, eight times');

# A stack that dies of text that is to be sent, or hangs: whoever did it has failed, and the rest is played on the next one.
for my $case (['died', '/^send/q', 'ended with code 0'], ['hung', '/^send/d', 'said nothing for 2 s']) {
	my ($how, $filter, $reason) = @$case;
	($records, $code, $printed) = play('-t', 'reference-live', '--axes', 'full', '--upper-tester', qq{exec:sed -u "$filter" | tcpspec-reference --packet "\$TCPSPEC_INTERFACE" --address "\$TCPSPEC_ADDRESS4" --address "\$TCPSPEC_ADDRESS6" "\$@"},
		'matrix/established/rst/exact/-/0', 'matrix/established-unacked/rst/exact/-/0/v4', 'matrix/last-ack/rst/exact/-/0', 'handshake/closed-port*', $how eq 'died' ? 'close/abort-in-established/b/v4' : ());
	my @failed = grep { $_->{type} eq 'result' && $_->{verdict} ne 'PASS' } @$records;
	is(join(' ', $code, sort map { $_->{id} } @failed), join(' ', 1, $how eq 'died' ? 'close/abort-in-established/b/v4' : (), 'matrix/established-unacked/rst/exact/-/0/v4'), "a target that $how: the script that did it has failed, no other")
		or diag($printed =~ s/(?s).*(.{600})$/$1/r);
	is(scalar(grep { $_->{cause} !~ /^target $how: its program \Q$reason\E/ || !grep { /^# target $how: its program \Q$reason\E/ } @{ $_->{ladder} } } @failed), 0, 'with what it did, and its ladder');
}
is($last->{type}, 'end', 'and the record is whole');
($code, $printed) = tcpspec('doctor', '-t', 'reference-live');
is($code, 0, 'doctor finds nothing amiss') or diag($printed);
like($printed, qr/^ok  command +tcpspec reference .*\nok  echo, IPv4 .*\nok  echo, IPv6 /m, 'it has met the program and heard its echoes');

ip(qw(link set dev far down));
($code, $printed) = tcpspec('run', '--quiet', '-t', 'reference-live', '--iface', 'near', '--target-addr', $pair4, '--upper-tester', 'exec:echo ready 1 x; read -r line; echo ok listen find release abort; read -r line', 'matrix/listen/*');
is($code, 3, 'link down: exit code 3');
like($printed, qr/--iface near: the interface has no carrier: its other end is down/, 'link down: the reason');
ip(qw(link set dev far up));
ip(qw(addr add 192.0.2.78/32 dev near));
($code, $printed) = tcpspec('run', '--quiet', @attach, '--target-addr', $pair4, 'matrix/listen/*');
is($code, 3, 'our own kernel has the address of the tester: exit code 3');
like($printed, qr/192\.0\.2\.78 is an address of this namespace's own kernel, which would answer the target too/, 'our own kernel: the reason');
($code, $printed) = tcpspec('run', '--quiet', @attach, '--target-addr', $pair4, '--tester-addr', '192.0.2.79', 'matrix/listen/*');
is($code, 0, 'with another address of the tester it runs') or diag($printed);
ip(qw(addr del 192.0.2.78/32 dev near));

# ---- the session of doc/exec.md ----

open(my $doc, '<', 'doc/exec.md') or die "doc/exec.md: $!";
my ($session) = do { local $/; <$doc> } =~ /^```session\n(.*?)^```/ms;
my (@asked, @expected);
for (split /\n/, $session) {
	push @asked, $1 if /^> (.*)/;
	push @expected, $1 if /^< (.*)/;
}
{
	my $pid = open2(my $out, my $in, "$program --packet far");
	my ($first, %number, @wrong) = shift @expected;
	chomp(my $line = <$out> // '');
	push @wrong, "began with `$line`, `$first` was expected" if $line ne $first;
	for my $question (@asked) {
		my $want_line = shift @expected;
		print $in $question =~ s/\b([LC])\b/$number{$1} \/\/ $1/er, "\n";
		$in->flush;
		chomp($line = <$out> // last);
		my ($name) = $want_line =~ /^ok ([LC])$/;
		($number{$name}) = $line =~ /^ok (\d+)$/ if $name;
		my $known = $name ? 'ok ' . ($number{$name} // 'a number') : $want_line;
		push @wrong, "`$question`: got `$line`, expected `$known`" if $line ne $known;
	}
	waitpid $pid, 0;
	is(scalar(@wrong) + @expected, 0, 'the session of doc/exec.md goes as written') or diag(join "\n", @wrong);
	cmp_ok(scalar(@asked), '>=', 18, 'all of it');
}

# Whatever the line, there is one answer to it, and it goes on.
{
	my $pid = open2(my $out, my $in, "$program --packet far");
	my @words = (qw(listen connect find accept send receive close release abort forget told state set can version 192.0.2.2 ::1 2001:db8::2 0 1 80 65536 -1 99999999999999999999 07 - push urgent nagle), 'x' x 300000, "\x01\xff", '', "\t");
	my ($n, $bad) = (400, 0);
	srand 4;
	my @lines = map { my $k = $_; join ' ', map { $words[rand @words] } 0 .. $k % 9 } 1 .. $n;
	<$out>;
	for my $line (@lines) {
		print $in "$line\n";
		$in->flush;
		my $answer = <$out> // '';
		$bad++ unless $answer =~ /^(?:ok|end|again|closing|none|not-now|full|unsupported|error .+)\b/;
	}
	is($bad, 0, "each of $n senseless lines has an answer");
	print $in "version\nquit\n";
	close $in;
	is(join('', <$out>), "ok tcpspec reference 0.1\nok\n", 'and it goes on');
	waitpid $pid, 0;
	is($?, 0, 'to a good end');
}

# ---- real programs ----

# The kernel sends what fits the link, with its checksums, as a NIC without offloads would.
ip(qw(link set dev near gso_max_segs 1));
ip(qw(addr add), "$kernel4/24", qw(dev near));
ip(qw(-6 addr add 2001:db8::1/64 dev near nodad));
my @octets = map { int(rand(2**32)) } 1 .. 262144;
my $content = pack('V*', @octets) x 2;
open(my $file, '>:raw', "$dir/file") or die $!;
print $file $content;
close $file;

sub stack_start {
	my @args = @_;
	my $pid = open(my $out, '-|', "exec $program --packet far --address $pair4 --address $pair6 --set msl=50ms --set rto_min=50ms @args </dev/null") // die "fork: $!";
	my $line = <$out> // '';
	like($line, qr/^ready 1 /, "@args: ready") or return;
	return {pid => $pid, out => $out};
}

# Sends `text`, CLOSEs, and reads to the end: what came; undef with a message when the time is over.
sub talk {
	my ($socket, $text, $until) = @_;
	my $came = '';
	my $sent = 0;
	$socket->blocking(0);
	my $read = IO::Select->new($socket);
	my $write = IO::Select->new(length $text ? $socket : ());
	shutdown($socket, SHUT_WR) unless length $text;
	while (time < $until) {
		my ($r, $w) = IO::Select->select($read, $write, undef, 1);
		if ($w && @$w) {
			my $n = syswrite($socket, $text, 65536, $sent);
			$sent += $n // 0;
			if ($sent == length $text) {
				shutdown($socket, SHUT_WR);
				$write->remove($socket);
			}
		}
		next unless $r && @$r;
		my $n = sysread($socket, $came, 65536, length $came);
		return $came if defined $n && $n == 0;
		return diag("recv: $!") && undef if !defined $n && !$!{EAGAIN} && !$!{EINTR};
	}
	diag('after ' . length($came) . ' octets the time was over');
	return;
}

sub connected {
	my ($address, $port) = @_;
	return IO::Socket::IP->new(PeerHost => $address, PeerService => $port, Timeout => 20) // do { diag("connect to $address: $@"); undef };
}

my @faults = ('', '--loss 3 --duplicate 2 --reorder 3 --corrupt 2 --seed 7');
for my $faults (@faults) {
	my $name = $faults ? 'over a bad wire' : 'over a good wire';
	for my $address ($pair4, $pair6) {
		my $until = time + 60;
		if (my $s = stack_start("--echo 7000 $faults")) {
			my $socket = connected($address, 7000);
			my $came = $socket && talk($socket, substr($content, 0, 1000000), $until);
			ok(defined $came && $came eq substr($content, 0, 1000000), "echo with $address $name: complete and exact");
			kill 'TERM', $s->{pid};
			close $s->{out};
		}
		if (my $s = stack_start("--source 7001 --file $dir/file $faults")) {
			my $socket = connected($address, 7001);
			my $came = $socket && talk($socket, '', $until);
			ok(defined $came && $came eq $content, "from $address to the kernel $name: complete and exact");
			like(join('', readline $s->{out}), qr/^done 2097152 octets$/m, 'and the stack knows');
			close $s->{out};
		}
		if (my $s = stack_start("--sink 7002 --file $dir/got $faults")) {
			my $socket = connected($address, 7002);
			my $came = $socket && talk($socket, $content, $until);
			is($came, '', "from the kernel to $address $name: the end");
			like(join('', readline $s->{out}), qr/^done 2097152 octets$/m, 'and the stack knows');
			close $s->{out};
			open(my $got_file, '<:raw', "$dir/got") or die $!;
			ok(do { local $/; <$got_file> } eq $content, "from the kernel to $address $name: complete and exact");
		}
	}
	my $listener = IO::Socket::IP->new(LocalHost => $kernel4, LocalService => 7003, Listen => 1, ReuseAddr => 1) // die "listen: $@";
	if (my $s = stack_start("--source 7003 --connect $kernel4 --file $dir/file $faults")) {
		$listener->timeout(20);
		my $socket = $listener->accept;
		my $came = $socket && talk($socket, '', time + 60);
		ok(defined $came && $came eq $content, "a file from the stack, which connects, $name: complete and exact");
		like(join('', readline $s->{out}), qr/^done 2097152 octets$/m, 'and the stack knows');
		close $s->{out};
		is($? >> 8, 0, 'and it ends well');
	}
	close $listener;
}

waitpid $slow_run, 0;
is($? >> 8, 0, 'what waits for the throttle of challenge ACKs, too');
($records) = play('-t', 'reference', @slow);
open(my $slow, '<', $slow_record) or die "$slow_record: $!";
my ($slow_got, $slow_want) = (verdicts([map { JSON::XS::decode_json($_) } <$slow>]), verdicts($records));
cmp_ok(scalar(keys %$slow_got), '>=', 4, 'some of it is played');
delete @$slow_want{ grep { !exists $slow_got->{$_} } keys %$slow_want } if !$ENV{REFERENCE_ALL}; # left out: what waits too long
@differ = differences($slow_got, $slow_want);
is(scalar(@differ), 0, 'has the same verdicts') or diag(join "\n", @differ);
done_testing();
