#!/usr/bin/perl
# fuzz_linux plays its seeds on the running kernel and finds nothing that targets/linux/fuzz.tsv has no cause for; whatever ends it, the machine is left as it was, and nothing could have left its namespaces. How well it fuzzes is not asked: what it finds in a moment is no
# failure, for the kernel may be another one. FUZZ: the folder it is in.
use strict;
use warnings;
use lib 'tests/live';
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp ();
use Live;
use POSIX qw(:sys_wait_h);
use Test::More;

alarm 300;
my $folder = abs_path($ENV{FUZZ} // dirname(command()) . '/fuzz') // BAIL_OUT('no harnesses are built: `make fuzz` builds them');
my $harness = "$folder/fuzz_linux";
-x $harness or plan(skip_all => "no fuzz_linux in $folder: `make fuzz` builds it");
my $room = File::Temp->newdir;
my ($refused, $why) = told_by($harness, '-runs=0', "-artifact_prefix=$room/", "--collect=$room");
plan(skip_all => 'no namespaces may be made here: ' . ($why =~ /^(.*namespace.*)$/m ? $1 : 'exit code 3')) if $refused == 3;

sub slurp { my ($path) = @_; open(my $in, '<', $path) or return "$path: $!"; local $/; return <$in> // '' }

# What a process could leave behind on the machine, beside files: interfaces, mounts, named namespaces, settings.
sub machine {
	my %is = (mounts => slurp('/proc/self/mounts'), namespaces => join(' ', glob('/run/netns/*')), interfaces => join(' ', sort(slurp('/proc/net/dev') =~ /^\s*([^\s:]+):/gm)));
	for my $path (glob('/proc/sys/net/ipv4/tcp_* /proc/sys/net/ipv4/icmp_* /proc/sys/net/ipv4/ip_local_port_range /proc/sys/net/core/somaxconn /proc/sys/net/ipv4/conf/all/*')) {
		$is{$path} = slurp($path) if -r $path;
	}
	return \%is;
}

# The processes of a session, by their numbers, but those that are about to end: libFuzzer's symbolizer outlives an abort by a moment.
sub session {
	my ($of) = @_;
	my @left;
	for (1 .. 500) {
		@left = session_now($of) or return;
		select(undef, undef, undef, 0.02);
	}
	return @left;
}

sub session_now {
	my ($of) = @_;
	return grep { slurp("/proc/$_/stat") =~ /\) \S \d+ \d+ $of / } map { m{/(\d+)$} } glob('/proc/[0-9]*');
}

my $before = machine();
my $runs = 0;

# It is started in a session of its own, and looked at while it runs; then a signal ends it, or it ends by itself.
sub run {
	my ($signal, @arguments) = @_;
	my $said = "$room/said-" . ++$runs;
	my $pid = fork() // die "fork: $!";
	if ($pid == 0) {
		POSIX::setsid();
		open(STDOUT, '>', $said) && open(STDERR, '>&', \*STDOUT) or die $!;
		chdir($room) or die $!;
		exec($harness, '--status', "--collect=$room", "-artifact_prefix=$room/", '-seed=1', @arguments) or die "exec: $!";
	}
	my ($seen, $ended);
	if ($signal) {
		select(undef, undef, undef, 0.02) until slurp($said) =~ /^status: inputs [1-9]/m || ($ended = waitpid($pid, WNOHANG) == $pid);
		$seen = $ended ? {} : seen_of($pid);
		kill($signal, $pid) if !$ended;
	}
	waitpid($pid, 0) if !$ended;
	return ($?, slurp($said), $seen, session($pid));
}

# What a process that plays can reach: for each network namespace that it is in or holds, by its number, the interfaces and the routes; and those of its sockets that lie in this, the machine's namespace.
sub seen_of {
	my ($pid) = @_;
	my %held = map { (readlink($_) // '') => $_ } glob("/proc/$pid/fd/* /proc/$pid/ns/net");
	my @enter = (readlink("/proc/$pid/ns/user") // '') eq readlink('/proc/self/ns/user') ? () : ("--user=/proc/$pid/ns/user", '--preserve-credentials');
	my %namespace;
	for my $net (grep { /^net:/ } keys %held) {
		$namespace{$net}{$_} = (told_by('nsenter', @enter, "--net=$held{$net}", 'cat', "/proc/net/$_"))[1] for qw(dev route ipv6_route);
	}
	my %inode = map { /^socket:\[(\d+)\]$/ ? ($1 => 1) : () } keys %held;
	my @here;
	for my $kind (qw(tcp tcp6 udp udp6 raw raw6 icmp icmp6 packet netlink)) {
		my $column = $kind =~ /packet|netlink/ ? -1 : 9;
		push @here, map { "$kind: $_" } grep { $inode{(split)[$column] // ''} } split(/\n/, slurp("/proc/net/$kind"));
	}
	return {namespace => \%namespace, sockets => \@here};
}

sub interfaces { return join(' ', grep { $_ ne 'lo' } sort($_[0] =~ /^\s*([^\s:]+):/gm)) }

# A default route of a device; each namespace has one of lo that refuses, for IPv6.
sub ways_out {
	my ($n) = @_;
	return grep { /^\S+\s+00000000\s+\S+\s+\S+\s+\S+\s+\S+\s+\S+\s+00000000\s/ || (/^0{32} 00 / && !/\slo$/) } map { split(/\n/) } @$n{qw(route ipv6_route)};
}

my @seeds = grep { -d } "$folder/seeds/fuzz_linux";
my ($status, $said, undef, @left) = run(undef, '-runs=0', @seeds);
is($status, 0, 'it plays its seeds');
unlike($said, qr/^FINDING/m, 'and finds nothing that has no cause') or diag(substr($said, -6000));
like($said, qr/^live: [1-9]\d* scripts/m, 'and counts them');
is("@left", '', 'no process is left');

($status, $said) = run(undef, '-runs=500');
is($status, 0, 'it begins with nothing as well');

for my $signal (qw(TERM KILL)) {
	($status, $said, my $seen, @left) = run($signal, '-max_total_time=60', @seeds);
	my %held = %{$seen->{namespace} // {}};
	is(join(', ', sort(map { interfaces($_->{dev}) } values %held)), 'target, tester', "before SIG$signal: it is in, or holds, two namespaces, which have the two ends of one link and nothing else");
	ok(!exists $held{readlink('/proc/self/ns/net')}, "the machine's is none of them");
	is(join("\n", @{$seen->{sockets} // ['?']}), '', 'nor does a socket of its lie there');
	is(join("\n", map { ways_out($_) } values %held), '', 'and no route leads anywhere else');
	is("@left", '', 'no process is left');
}

# As of a finding, without --collect: a signal from outside could meet it within malloc(), where libFuzzer's own handler waits for ever.
($status, $said, undef, @left) = run(undef, '--die=judge_no_reply/ESTABLISHED', @seeds);
isnt($status, 0, 'it dies of a finding');
like($said, qr/deadly signal/, 'by SIGABRT') or diag(substr($said, -3000));
is("@left", '', 'and no process is left');
is_deeply(machine(), $before, 'the machine is as it was: interfaces, mounts, namespaces, settings');
done_testing();
