#!/usr/bin/perl
# The toy of doc/stack.md, played as its author would: what it has passes, what it lacks fails by name, and what cannot be loaded is refused with a sentence that helps. Nothing of it needs a
# privilege or a network.
use strict;
use warnings;
use lib 'tests/live';
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Spec ();
use Cwd qw(abs_path);
use File::Temp ();
use Live;
use Test::More;

my $built = abs_path(dirname(Live::command())) . '/toy'; # also for a descriptor that lies elsewhere
my $toy = "$built/libtoy.so";
-e $toy or BAIL_OUT("$toy is not there: `make toys` builds it");

sub written {
	my ($path, $octets) = @_;
	open(my $file, '>', $path) or die "$path: $!";
	print $file $octets;
	close $file or die "$path: $!";
	return $path;
}

sub results {
	my ($records) = @_;
	return { map { $_->{id} => $_ } grep { $_->{type} eq 'result' } @$records };
}

# ---- what it has ----

my @good = ('matrix/closed/*', 'matrix/listen/*', 'handshake/figure-6/b', 'handshake/refused', 'close/figure-12/b');
my ($records, $code, $printed) = play('--seed', 1, '-t', $toy, @good);
my $verdicts = verdicts($records);
is(scalar(grep { $_ ne 'PASS' && $_ ne 'UNIMPLEMENTED' } values %$verdicts), 0, 'CLOSED, LISTEN, the handshake and the passive close pass') or diag($printed);
cmp_ok(scalar(grep { $_ eq 'PASS' } values %$verdicts), '>=', 30, 'and they were played');
is($code, 0, 'nothing failed: 0');
like($printed, qr/^# tcpspec \S+, target toy \(toy 1\), /m, 'its description is read, beside the library');
like($printed, qr/^# fence: call/m, 'a call that returns is the fence');

# ---- what it lacks ----

($records, $code, $printed) = play('--seed', 1, '-t', $toy, '--strict');
my $result = results($records);
my %fails = (
	'matrix/established/syn/exact/-/0/v4' => 'no reply',              # no challenge ACK
	'matrix/established/syn/exact/-/0/v6' => 'no reply',
	'matrix/fin-wait-2/fin-ack/exact/una/0/v4' => 'next state',       # no TIME-WAIT
	'close/figure-12/a/v6' => 'next state',
	'close/lost-fin/a/v4' => 'no reply',                              # no timer
	'handshake/inexact-reset-in-syn-received/b/v4' => 'no reply',     # any RST in the window resets
	'close/abort-in-last-ack/b/v4' => 'unexpected segment',
);
for my $id (sort keys %fails) {
	my $r = $result->{$id} // {};
	is(($r->{verdict} // 'not played') . ': ' . (($r->{cause} // '') =~ s/( before the fence's answer)?:.*//r =~ s/ before .*//r), "FAIL: $fails{$id}", $id);
}
is($result->{'handshake/figure-6/a/v4'}{verdict}, 'UNIMPLEMENTED', 'it never opens: UNIMPLEMENTED');
is($result->{'matrix/time-wait/fin/exact/-/0/v4'}{verdict}, 'INCONCLUSIVE', 'TIME-WAIT cannot be reached: INCONCLUSIVE');
is($code, 1, 'something failed: 1');
my %count;
$count{ $_->{verdict} }++ for values %$result;
cmp_ok($count{$_} // 0, '>=', 20, "$_ many times") for qw(PASS FAIL UNIMPLEMENTED INCONCLUSIVE);

# The end behind text that was not read need not have been told: what is wrong is what was.
my ($unread) = play('-t', $toy, 'matrix/close-wait-unread/rst/before/-/left/v4');
is(results($unread)->{'matrix/close-wait-unread/rst/before/-/left/v4'}{cause}, 'wrong signal: the user was told reset', 'a RST outside the window resets: "wrong signal"');

# ---- the same again ----

sub judged_again {
	my ($name, @options) = @_;
	my ($again) = judged('--seed', 1, '-t', $toy, '--strict', @options);
	my ($once) = judged('--seed', 1, '-t', $toy, '--strict');
	is_deeply($again, $once, $name);
	return;
}
judged_again('the same seed: the same verdicts and reactions');
judged_again('two processes: the same verdicts and reactions', '-j', 2);

# ---- without its description, from where it lies, as anybody ----

my $folder = File::Temp->newdir;
chmod 0755, $folder;
copy($toy, "$folder/libtoy.so.1") or die $!;
chmod 0755, "$folder/libtoy.so.1";
{
	my $command = File::Spec->rel2abs(Live::command());
	local $ENV{TCPSPEC_DATA} = File::Spec->rel2abs($ENV{TCPSPEC_DATA} // '.');
	my ($exit, $told) = told_by('sh', '-c', "cd '$folder' && '$command' run -t libtoy.so.1 'matrix/closed/*'");
	is($exit, 0, 'a library alone, by its bare name') or diag($told);
	like($told, qr/target toy \(toy 1\)/, 'is named after its file');
}
SKIP: {
	skip 'not root: everything here is unprivileged', 1 if $> != 0;
	my ($exit, $told) = told_by('unshare', '--user', Live::command(), 'run', '-t', $toy, 'matrix/listen/*');
	skip 'no user namespace to be nobody in', 1 if $told =~ /unshare/;
	is($exit, 0, 'as nobody') or diag($told);
}

# ---- a capture is judged again ----

{
	my ($exit, $told) = tcpspec('run', '--seed', 1, '-t', $toy, '--pcap', "$folder/toy.pcapng", 'matrix/established/*');
	my ($again, $judged) = tcpspec('judge', '-t', $toy, "$folder/toy.pcapng");
	is($again, $exit, 'a capture of it has the same exit code');
	is(join("\n", $judged =~ /^((?:not )?ok .*)/mg), join("\n", $told =~ /^((?:not )?ok .*)/mg), 'and the same results');
}

# ---- doctor ----

{
	my ($exit, $told) = tcpspec('doctor', '-t', $toy);
	is($exit, 0, 'doctor: it can be played');
	like($told, qr/^ok  toy +toy 1$/m, 'doctor loads it');
	like($told, qr/^\?\?  connect +scripts that need `open_active` are UNIMPLEMENTED$/m, 'and says what it has not');
	unlike($told, qr/live wire/, 'no wire is needed');
	like($told, qr/^ok  handshake .*\nok  SEND .*\nok  RECEIVE .*\nok  CLOSE .*\nok  ABORT .*\n\?\?  OPEN, active +not tried/m, 'walks through its calls') or diag($told);
	like($told, qr/^ok  $_ +declared to be lacking, and /m, "and believes that it lacks $_") for qw(urgent timestamps window_scale sack early_send);
	my $false = written("$folder/false.ini", "[target]\nname = false\nkind = stack\nlibrary = $toy\n[choices]\ndelayed_ack = no\nnagle = no\ntimestamps = no\nwindow_scale = no\nsack = no\n[capabilities]\nlacks = open_passive receive sack\n");
	($exit, $told) = tcpspec('doctor', '-t', $false);
	is($exit, 3, 'doctor: a declaration that is not true will not do');
	like($told, qr/^no  $_ +the declaration is false: \S+ passes; take it out of `lacks` in /m, "it has $_") or diag($told) for qw(open_passive receive);
	like($told, qr/^ok  sack +declared to be lacking, and the target cannot$/m, 'but no SACK');
	($exit, $told) = tcpspec('doctor', '-t', "$built/libversion.so");
	is($exit, 3, 'doctor: another version cannot');
	like($told, qr/^no  version +\S+libversion\.so: built for version 2 /m, 'and why');
	($exit, $told) = tcpspec('doctor', '-t', "$built/libhasty.so");
	is($exit, 3, 'doctor: a clock without end cannot');
	like($told, qr/^no  poll +it returned 1 at 1: return when it next wants to be asked, after now, or UINT64_MAX$/m, 'and why');
	like($told, qr/^\?\?  $_ /m, "it has no $_") for qw(connect send receive close forget told state restore);
}

# ---- doc/stack.md shows what is printed ----

open(my $doc, '<:encoding(UTF-8)', 'doc/stack.md') or die "doc/stack.md: $!";
my @shown = do { local $/; <$doc> } =~ /^```text\n(.*?)^```$/msg;
is(scalar @shown, 3, 'doc/stack.md has three samples');
for my $sample (@shown) {
	my ($command, @line) = split /\n/, $sample;
	my ($arguments) = $command =~ /^\$ tcpspec (.*)$/;
	my $tcpspec = File::Spec->rel2abs(Live::command());
	local $ENV{TCPSPEC_DATA} = File::Spec->rel2abs($ENV{TCPSPEC_DATA} // '.');
	my (undef, $now) = told_by('sh', '-c', "cd '$built' && '$tcpspec' $arguments");
	my $pattern = join('', map { $_ eq '[...]' ? '(?:.*\n)*?' : quotemeta($_) . '\n' } @line);
	like($now, qr/^$pattern/m, "$arguments prints what is shown");
}

# ---- what is refused ----

sub refused {
	my ($name, $target, $exit, $words) = @_;
	my ($got, $told) = tcpspec('run', '-t', $target, 'matrix/closed/*');
	is($got, $exit, "$name: $exit");
	like($told, $words, "$name: says so") or diag($told);
	return;
}
my $head = "[target]\nname = x\nkind = stack\n";
refused('another version', "$built/libversion.so", 3, qr{^tcpspec: \S+/libversion\.so: built for version 2 of tcpspec/stack\.h, this tcpspec speaks version 1: build it again}m);
refused('nothing exported', "$built/libnothing.so", 3, qr{^tcpspec: \S+/libnothing\.so: it exports no tcpspec_stack_operations\(\): define it}m);
refused('create() refuses', "$built/librefuses.so", 3, qr{^tcpspec: \S+/librefuses\.so: least 1 does not start: 1500 octets are too small a link: give it at least 9000$}m);
refused('half a table', "$built/libpart.so", 3, qr{^tcpspec: \S+/libpart\.so: its table has no input: }m);
refused('no such library', "$folder/libno.so", 2, qr{^tcpspec: -t \S+/libno\.so: .*No such file or directory, expected }m);
refused('no library at all', written("$folder/libtext.so", "text\n"), 3, qr{^tcpspec: \S+/libtext\.so: it is no shared library: build one with cc -shared -fPIC$}m);
refused('an unknown setting', written("$folder/a.ini", "${head}library = ./libtoy.so.1\n[stack]\nnagel = off\n"), 3, qr{^tcpspec: \S+/a\.ini: toy 1 does not start: there is no setting `nagel`; this stack has none$}m);
refused('no key `library`', written("$folder/b.ini", $head), 3, qr{^tcpspec: \S+/b\.ini:3: \[target\] does not say `library`: }m);
refused('a library that is nowhere', written("$folder/c.ini", "${head}library = libnowhere.so\n"), 3, qr{^tcpspec: \S+/c\.ini: libnowhere\.so is neither in /\S+ nor in /\S+/lib/tcpspec/: build it}m);

{
	my ($exit, $told) = tcpspec('run', '-t', $toy, '--iface', 'nosuch', '--target-addr', '192.0.2.2', 'matrix/closed/*');
	is($exit, 3, 'on a link it is for an upper tester to steer it');
	like($told, qr/^tcpspec: \S+: kind = stack cannot be steered on a link that we did not make; say how by --upper-tester exec:COMMAND/m, 'and it says so');
}

# ---- what is broken when it is played ----

{
	my ($exit, $told) = told_by('sh', '-c', 'ulimit -c 0; "$@"', 'sh', Live::command(), 'run', '--seed', 5, '-t', "$built/libdies.so", 'matrix/closed/syn/any/-/0/v6');
	is($exit & 127, 11, 'a stack that dies takes the run along') or diag("$exit: $told");
	like($told, qr{^tcpspec: the stack died of SIGSEGV in matrix/closed/syn/any/-/0/v6: play it alone, `gdb --args tcpspec run --seed 5 -t \S+/libdies\.so matrix/closed/syn/any/-/0/v6`$}m, 'and the test is named');
	($exit, $told) = told_by('sh', '-c', 'ulimit -c 0; "$@"', 'sh', Live::command(), 'run', '-j', 2, '-t', "$built/libdies.so", 'matrix/closed/*');
	is($exit, 3, 'two processes: the run tells of it: 3');
	like($told, qr{^tcpspec: worker \d ended with signal 11 }m, 'and which died');
	($exit, $told) = tcpspec('run', '-t', "$built/libleast.so", 'matrix/@(closed|established)/*/v4');
	is($exit, 1, 'a stack that never answers fails');
	my ($silent) = play('-t', "$built/libleast.so", 'matrix/closed/syn/any/-/0/v4');
	is_deeply(results($silent)->{'matrix/closed/syn/any/-/0/v4'}{state}, { before => 'CLOSED' }, 'nobody says a state that was not asked for');
	like($told, qr/^# 16 cells: 2 passed, 6 FAIL \(no reply 6\), 0 known, 0 UNIMPLEMENTED, 8 INCONCLUSIVE of 16$/m, 'where it must answer: silence is right to a RST alone') or diag($told);
}

# ---- the same under the sanitizers ----

SKIP: {
	skip 'no sanitized build', 2 unless $ENV{TCPSPEC_SAN} && -e dirname($ENV{TCPSPEC_SAN}) . '/toy/libtoy.so';
	local $ENV{TCPSPEC} = $ENV{TCPSPEC_SAN};
	my ($sane, undef, undef, $told) = judged('--seed', 1, '-t', dirname($ENV{TCPSPEC_SAN}) . '/toy/libtoy.so', '--strict');
	unlike($told, qr/Sanitizer|runtime error/, 'no word of the sanitizers');
	local $ENV{TCPSPEC} = "$built/../tcpspec";
	my ($plain) = judged('--seed', 1, '-t', $toy, '--strict');
	is_deeply($sane, $plain, 'the same verdicts and reactions');
}
done_testing();
