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
use Test::More;

alarm 300;
my $folder = abs_path($ENV{FUZZ} // dirname(command()) . '/fuzz') // BAIL_OUT('no harnesses are built: `make fuzz` builds them');
my $harness = "$folder/fuzz_linux";
-x $harness or plan(skip_all => "no fuzz_linux in $folder: `make fuzz` builds it");
my ($refused, $why) = told_by($harness, '-runs=0');
plan(skip_all => 'no namespaces may be made here: ' . ($why =~ /^(.*namespace.*)$/m ? $1 : 'exit code 3')) if $refused == 3;

my $room = File::Temp->newdir;

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
		require POSIX;
		POSIX::setsid();
		open(STDOUT, '>', $said) && open(STDERR, '>&', \*STDOUT) or die $!;
		chdir($room) or die $!;
		exec($harness, '--status', "--collect=$room", '-seed=1', @arguments) or die "exec: $!";
	}
	my %seen;
	if ($signal) {
		select(undef, undef, undef, 0.02) until slurp($said) =~ /^status: inputs [1-9]/m || !kill(0, $pid);
		%seen = map { $_ => slurp("/proc/$pid/net/$_") } qw(dev route ipv6_route);
		kill($signal, $pid);
	}
	waitpid($pid, 0);
	return ($?, slurp($said), \%seen, session($pid));
}

my @seeds = grep { -d } "$folder/seeds/fuzz_linux";
my ($status, $said, undef, @left) = run(undef, '-runs=0', @seeds);
is($status, 0, 'it plays its seeds');
unlike($said, qr/^FINDING/m, 'and finds nothing that has no cause') or diag(substr($said, -6000));
like($said, qr/^live: [1-9]\d* scripts/m, 'and counts them');
is("@left", '', 'no process is left');

($status, $said) = run(undef, '-runs=500');
is($status, 0, 'it begins with nothing as well');

for my $signal (qw(TERM KILL ABRT)) {
	($status, $said, my $seen, @left) = run($signal, '-max_total_time=60', @seeds);
	is(join(' ', sort($seen->{dev} =~ /^\s*([^\s:]+):/gm)) =~ s/\blo\b ?//r, 'target', "before SIG$signal: its namespace has its own link alone");
	unlike($seen->{route}, qr/^\S+\s+00000000\s/m, 'and no way out over IPv4');
	unlike($seen->{ipv6_route}, qr/^0{32} 00 \S+ \S+ (?!0{32})/m, 'nor over IPv6');
	is("@left", '', 'no process is left');
}
is_deeply(machine(), $before, 'the machine is as it was: interfaces, mounts, namespaces, settings');
done_testing();
