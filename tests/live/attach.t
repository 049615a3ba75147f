#!/usr/bin/perl
# A stack that nobody steers: the reference stack on a link that was there, with nothing but a program behind one port. What can be reached by segments alone has the verdicts that the same stack has in
# process, live and stored; what cannot is not played; and what is said when the port is not what it is said to be.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use Cwd qw(abs_path);
use File::Temp ();
use IPC::Open2;
use Test::More;
use Time::HiRes qw(time);

if (!$ENV{TCPSPEC_ATTACH_T}) {
	my @unshare = ('unshare', $> ? '-rn' : '-n');
	plan skip_all => "no network namespace here (@unshare)" if system("@unshare true 2>/dev/null") != 0;
	$ENV{TCPSPEC_ATTACH_T} = 1;
	$ENV{TCPSPEC} = abs_path(command());
	exec(@unshare, $^X, $0) or die "unshare: $!";
}
my $program = command() =~ s/tcpspec$/tcpspec-reference/r;
my $dir = File::Temp->newdir;
my ($own4, $own6) = ('10.0.0.2', 'fd00::2');

system("ip link set lo up && ip link add name near type veth peer name far") == 0 or die 'no veth pair';
system("echo 1 >/proc/sys/net/ipv6/conf/far/disable_ipv6");
system("ip link set dev $_ up") == 0 or die "$_ does not come up" for qw(near far);

# Runs the stack with that program behind its ports meanwhile.
sub beside {
	my ($options, $do) = @_;
	my $pid = open2(my $out, my $in, $program, '--packet', 'far', '--address', $own4, '--address', $own6, '--set', 'challenge_interval=0 s', @$options);
	my $ready = <$out> // '';
	$ready =~ /^ready/ or BAIL_OUT("tcpspec-reference: $ready");
	my @got = $do->();
	kill 'TERM', $pid;
	waitpid $pid, 0;
	return @got;
}

my @none = ('--iface', 'near', '--target-addr', "$own4,$own6", '--upper-tester');
my @asked = ('matrix/*', 'handshake/*');
my ($direct) = play('-t', 'reference', @asked);
my $want = verdicts($direct);

# One command line, of a stack of which nothing is known.
my ($records, $code, $printed) = beside(['--echo', 7, '--set', 'rfc5961_ack=no'], sub { play(@none, 'none', '--pcap', "$dir/echo.pcap", @asked) });
my $got = verdicts($records);
is($code, 0, 'an echo port is enough for one command line') or diag($printed =~ s/(?s).*(.{600})$/$1/r);
my @played = grep { $got->{$_} ne 'UNIMPLEMENTED' } keys %$got;
my %rows = map { m{^matrix/([^/]+)} ? ($1 => 1) : () } @played;
is(join(' ', sort keys %rows), 'closed established last-ack listen syn-received', 'the rows that segments alone reach are played');
is(scalar(grep { m{^matrix/} } @played), 80, 'all of their cells');
cmp_ok(scalar(grep { !m{^matrix/} } @played), '>', 20, 'and ladders');
my @differ = grep { ($want->{$_} // 'none') ne $got->{$_} } @played;
is(join(' ', @differ), '', 'with the verdicts that the stack has in process');
is(scalar(grep { $_->{type} eq 'result' && $_->{id} =~ m{^matrix/} && $_->{verdict} ne 'UNIMPLEMENTED' && $_->{state}{by} ne 'probed' } @$records), 0, 'each cell says that its state was probed');
my @why = grep { !defined $_->{cause} || $_->{cause} !~ /\w/ } grep { $_->{type} eq 'result' && $_->{verdict} eq 'UNIMPLEMENTED' } @$records;
is(scalar(@why), 0, 'what is not played says why');
my ($judged) = told_by(command(), 'judge', '--quiet', "$dir/echo.pcap");
is($judged, 0, 'the stored run is judged alike');

($records, $code, $printed) = beside(['--discard', 9], sub { play(@none, 'none:discard', 'matrix/established/*', 'matrix/last-ack/*') });
is($code, 0, 'so it is with a discard port') or diag($printed =~ s/(?s).*(.{600})$/$1/r);
is(scalar(grep { $_ eq 'PASS' } values %{ verdicts($records) }), 32, 'which reaches the same rows');

# It can fail: the stack chooses otherwise than is declared.
($records, $code, $printed) = beside(['--echo', 7, '--set', 'rfc5961_syn=no'], sub { play(@none, 'none', 'matrix/established/*') });
is($code, 1, 'a stack that answers a SYN otherwise than is declared fails');
like(join(' ', map { $_->{id} } grep { $_->{verdict} && $_->{verdict} eq 'FAIL' } @$records), qr{^matrix/established/syn/exact/-/0/v4 \S+/v6 matrix/established/syn-(?:ack|fin)/\S+}, 'in the cells of the SYN');

my @bad = (
	['a closed port', ['--echo', 7], qr/port 99 of 10\.0\.0\.2 is closed: a SYN was answered with a reset/, 'none', '--port', 99],
	['no echo', ['--discard', 7], qr/port 7 of 10\.0\.0\.2 did not send back what it was sent within a second: it is no echo/, 'none'],
	['no discard', ['--echo', 9], qr/port 9 of 10\.0\.0\.2 sends something by itself: it is no discard/, 'none:discard'],
	['no such service', ['--echo', 7], qr/--upper-tester none:chargen: expected none, none:echo or none:discard/, 'none:chargen'],
);
for my $case (@bad) {
	my ($name, $options, $pattern, @args) = @$case;
	($code, $printed) = beside($options, sub { tcpspec('run', '--quiet', @none, @args, 'matrix/listen/*') });
	is($code, 3, "$name: exit code 3");
	like($printed, $pattern, "$name: the reason");
}
($code, $printed) = tcpspec('run', '--quiet', '--upper-tester', 'none', 'matrix/listen/*');
is($code, 3, 'no link: exit code 3');
like($printed, qr/nobody starts the target, so that it must be there: name its link by --iface/, 'no link: the reason');
done_testing();
