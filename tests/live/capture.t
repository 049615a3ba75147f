#!/usr/bin/perl
# A stored run is judged again as it was judged live, without privileges; a reply edited out of the file is missed, there and nowhere else; a capture that tcpdump took beside the run
# gives the same verdicts wherever no reported state decided.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use Fcntl;
use File::Temp ();
use POSIX ();
use Test::More;

my $room = File::Temp->newdir;
my ($json, $stored) = ("$room/run.jsonl", "$room/run.pcapng");

# Runs a program. Returns its exit code, standard output and standard error.
sub run_all {
	my @command = @_;
	my $err = "$room/stderr";
	my $pid = open(my $out, '-|') // die "fork: $!";
	if ($pid == 0) {
		open(STDERR, '>', $err) or die $!;
		exec(@command) or POSIX::_exit(127);
	}
	my $printed = do { local $/; <$out> } // '';
	close $out;
	my $code = $? >> 8;
	open(my $in, '<', $err) or die "$err: $!";
	return ($code, $printed, do { local $/; <$in> } // '');
}

sub octets_of {
	my ($file) = @_;
	open(my $in, '<:raw', $file) or die "$file: $!";
	local $/;
	return scalar <$in>;
}

sub octets_to {
	my ($file, $octets) = @_;
	open(my $out, '>:raw', $file) or die "$file: $!";
	print $out $octets;
	close $out or die "$file: $!";
}

# What differs between a run and its judgement: where it is from, what was not played, how long it took.
sub report_of {
	my ($tap) = @_;
	return join "\n", grep { !/^# (judged again from|left out|elapsed):/ } split /\n/, $tap;
}

# id => [verdict, cause] of a TAP report.
sub tap_verdicts {
	my ($tap) = @_;
	my (%verdict, $id);
	for (split /\n/, $tap) {
		if (/^(not ok|ok) \d+ - (\S+)(?: # (\w+))?/) {
			$id = $2;
			$verdict{$id} = [$3 ? {TODO => 'KNOWN', SKIP => 'UNIMPLEMENTED'}->{$3} : $1 eq 'ok' ? 'PASS' : 'FAIL', ''];
		} elsif (/^  severity: (\S+)/) {
			$verdict{$id}[0] = uc $1;
		} elsif (/^  cause: "?(.*?)"?$/) {
			$verdict{$id}[1] = $1;
		}
	}
	return \%verdict;
}

# The blocks of a pcapng file that this machine wrote.
sub blocks_of {
	my ($octets) = @_;
	my @blocks;
	for (my $at = 0; $at < length $octets;) {
		my $length = unpack 'V', substr($octets, $at + 4, 4);
		push @blocks, substr($octets, $at, $length);
		$at += $length;
	}
	return @blocks;
}

my @without_privileges = ('setpriv', '--bounding-set', '-all', '--inh-caps', '-all');

my ($live_code, $live, $live_err) = run_all(command(), 'run', '--json', $json, '--pcap', $stored);
is($live_code, 0, 'run --pcap plays the default selection') or diag($live_err, $live =~ /^(not ok (?!.*# TODO).*\n(?:  .*\n)*)/gm);
my ($code, $again, $err) = run_all(@without_privileges, command(), 'judge', $stored);
is($code, $live_code, 'judge exits as the run did') or diag($err);
is(report_of($again), report_of($live), 'judge reports what the run reported, without privileges');

# One reply less.
my $victim = 'matrix/established/syn/exact/-/0/v4';
my @blocks = blocks_of(octets_of($stored));
my ($reply) = grep { unpack('V', $blocks[$_]) == 6 && $blocks[$_] =~ /\Q$victim\E step/ && substr($blocks[$_], -20) =~ /\x02\0\x04\0\x01\0\0\0/ } reverse 0 .. $#blocks;
ok(defined $reply, "$victim has a reply");
octets_to("$room/edited.pcapng", join '', @blocks[grep { $_ != $reply } 0 .. $#blocks]);
my ($was, $is) = (tap_verdicts($live), undef);
($code, $again, $err) = run_all(command(), 'judge', "$room/edited.pcapng");
$is = tap_verdicts($again);
is($code, 1, 'with one reply edited out, judge fails');
is_deeply([grep { $was->{$_}[0] ne $is->{$_}[0] } sort keys %$was], [$victim], 'for that id and no other');
is("@{$is->{$victim}}", "FAIL no reply before the fence's answer", 'and says what is missing');

# Half a file.
octets_to("$room/half.pcapng", substr(octets_of($stored), 0, int((-s $stored) / 2) | 1));
($code, $again, $err) = run_all(command(), 'judge', "$room/half.pcapng");
$is = tap_verdicts($again);
is($code, 3, 'half a file is not taken for a whole one');
like($err, qr/half\.pcapng: offset \d+: cut off: /, 'and it is told where it ends');
is_deeply([grep { $is->{$_}[0] ne $was->{$_}[0] && $is->{$_}[1] !~ /^the capture ends before/ } sort keys %$is], [], 'what was whole keeps its verdict');
($code, $again, $err) = run_all(command(), 'judge', 'README.md');
is($code, 3, 'a file that is no capture is refused');
like($err, qr/README\.md: neither pcapng nor pcap/, 'with a reason');

# The record of another run, that is: of other addresses.
run_all(command(), 'run', '--quiet', '--json', "$room/other.json", 'matrix/closed/rst/*/v4');
octets_to("$room/other.json", octets_of("$room/other.json") =~ s/192\.0\.2\./198.51.100./gr);
($code, $again, $err) = run_all(command(), 'judge', $stored, '--json', "$room/other.json", '--quiet');
is($code, 3, 'a capture of another run judges nothing');
like($err, qr/none of the 4-tuples of .*other\.json is in it/, 'with a reason');

SKIP: {
	skip 'tshark is not installed', 3 if system('command -v tshark >/dev/null') != 0;
	($code, my $comments, $err) = run_all('tshark', '-r', $stored, '-T', 'fields', '-e', 'frame.comment');
	is($code, 0, 'tshark reads what was stored') or diag($err);
	like($comments, qr{^\Q$victim\E step \d+$}m, "with each packet's test and step as its comment");
	($code, my $info) = run_all('capinfos', '-c', '-M', $stored);
	my $packets = grep { unpack('V', $_) == 6 } @blocks;
	like($info, qr/^Number of packets:\s+$packets$/m, 'capinfos counts its packets');
}

# Plays the default selection with tcpdump beside it, at the target's end of the link: what its own loopback carries is no part of the run. The run waits for us: its report goes into a pipe that is full until tcpdump listens.
# Returns the run's exit code, its report, and how many packets tcpdump has missed.
sub run_beside {
	my ($capture, @args) = @_;
	my $record = $args[1]; # behind --json
	pipe(my $from, my $to) or die "pipe: $!";
	fcntl($to, 1031, 4096) or die "F_SETPIPE_SZ: $!";
	my $flags = fcntl($to, F_GETFL, 0);
	fcntl($to, F_SETFL, $flags | O_NONBLOCK);
	my $full = 0;
	while (my $n = syswrite($to, '#' x 4096)) { $full += $n }
	fcntl($to, F_SETFL, $flags);
	unlink $record;
	my $run = fork // die "fork: $!";
	if ($run == 0) {
		open(STDOUT, '>&', $to) or die $!;
		exec(command(), 'run', @args) or POSIX::_exit(127);
	}
	close $to;
	until (-s $record) {
		select undef, undef, undef, 0.01;
		die "the run ended before it began\n" if waitpid($run, POSIX::WNOHANG()) == $run;
	}
	my $dump = open(my $said, '-|') // die "fork: $!";
	if ($dump == 0) {
		open(STDERR, '>&', \*STDOUT) or die $!;
		exec('nsenter', "--net=/proc/$run/ns/net", 'tcpdump', '-Z', 'root', '-n', '-i', 'target', '-B', '65536', '-w', $capture) or POSIX::_exit(127);
	}
	my $told = '';
	while (<$said>) { $told .= $_; last if /listening on/ }
	my $report = do { local $/; <$from> };
	waitpid $run, 0;
	my $exit = $? >> 8;
	for (1 .. 100) { # what the kernel has handed over is read by and by
		kill 'USR1', $dump;
		my ($read, $received) = (<$said> // '') =~ /(\d+) packets? captured, (\d+) packets? received/ or last;
		last if $read == $received;
		select undef, undef, undef, 0.05;
	}
	kill 'INT', $dump;
	$told = do { local $/; <$said> } // '';
	close $said;
	my ($captured, $received, $dropped) = map { $told =~ /(\d+) packets? $_/ ? $1 : die "tcpdump: $told\n" } 'captured', 'received', 'dropped';
	return ($exit, substr($report, $full), $received - $captured + $dropped);
}

SKIP: {
	skip 'tcpdump is not installed, or not for us to run', 6 if $> != 0 || system('command -v tcpdump nsenter >/dev/null') != 0;
	my $beside = "$room/beside.pcap";
	my ($missed, $plain) = (undef, target_without_gifts($room));
	for (1 .. 5) {
		($live_code, $live, $missed) = run_beside($beside, '--json', $json, '-t', $plain);
		last if !$missed;
	}
	is($missed, 0, 'tcpdump saw every packet');
	($code, $again, $err) = run_all(@without_privileges, command(), 'judge', $beside, '--json', $json);
	($was, $is) = (tap_verdicts($live), tap_verdicts($again));
	cmp_ok(scalar(grep { $_->[0] ne 'UNIMPLEMENTED' } values %$was), '>', 1000, 'more than a thousand plays had the capture beside them');
	is_deeply([sort keys %$is], [sort keys %$was], 'judge has a verdict for each result of the record');
	my $state = qr/^(?:known, but changed: )?(?:next state|no signal|wrong signal|call failed|precondition|reported state)/;
	my @other = grep { $is->{$_}[0] ne $was->{$_}[0] } sort keys %$was;
	my @cells = grep { m{^matrix/} && !($is->{$_}[0] eq 'INCONCLUSIVE' && $was->{$_}[1] =~ $state) } @other;
	is_deeply([map { "$_: @{$was->{$_}} / @{$is->{$_}}" } @cells], [], 'the same verdict for every cell that no reported state decided');
	is_deeply([map { "$_: @{$was->{$_}} / @{$is->{$_}}" } grep { "@{$is->{$_}}" !~ /^INCONCLUSIVE state not in capture: / } @other], [], 'elsewhere the same, or INCONCLUSIVE, state not in capture');
	my $count = @other;
	like($again, qr/^# state not in capture: $count of \d+$/m, "which the summary counts: $count");
}

done_testing();
