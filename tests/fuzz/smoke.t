#!/usr/bin/perl
# Each harness of the fuzzer takes all its seeds and all that was ever found by it, then fuzzes for a moment and finds nothing; and one with a mistake planted in what it tests finds that. FUZZ: the folder they are in; FUZZ_RUNS (of the slowest), FUZZ_SECONDS: for how long
# at the most; FUZZ_WANT: the harnesses that must be there. No judgement of how well it fuzzes: that is make fuzz-bench.
use strict;
use warnings;
use lib 'tests/live';
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use File::Temp ();
use Live;
use Test::More;

my $folder = abs_path($ENV{FUZZ} // dirname(command()) . '/fuzz') // BAIL_OUT('no harnesses are built: `make fuzz` builds them');
my @harnesses = grep { -x && !-d && !/fuzz_linux$/ } glob("$folder/fuzz_*"); # which has a test of its own
@harnesses or BAIL_OUT("no harness in $folder: `make fuzz` builds them");
my $runs = $ENV{FUZZ_RUNS} // 3000;
my $seconds = $ENV{FUZZ_SECONDS} // 10;
my %times = (fuzz_wire => 30, fuzz_agent => 12, fuzz_reference => 12, fuzz_stack => 12, fuzz_input => 3); # how many inputs a harness has for each one of the slowest, so that all go on for about as long
my $regressions = abs_path('fuzz/regressions');
# A library that breaks no rule, for the harness of any, its declaration beside it.
my $library = File::Temp->newdir;
symlink(abs_path(dirname(command())) . '/libtcpspec-reference.so', "$library/libreference.so") or die "$library: $!";
symlink(abs_path('targets/reference/target.ini'), "$library/libreference.ini") or die "$library: $!";
my %more = (fuzz_stack => ["--library=$library/libreference.so"]);

# Runs a harness in a folder of its own, where it leaves what it finds. Its exit code, what it said, that folder.
sub fuzz {
	my ($harness, @arguments) = @_;
	my $room = File::Temp->newdir;
	mkdir "$room/corpus" or die "$room/corpus: $!";
	my ($code, $said) = told_by('env', '-C', "$room", ref $harness ? @$harness : $harness, '-seed=1', '-timeout=20', '-rss_limit_mb=2560', "-artifact_prefix=$room/", 'corpus', @arguments);
	return ($code, $said, $room);
}

# Is it a pass? Else the end of what was said is shown, and each input that was found, for `xxd -r -p`.
sub clean {
	my ($name, $code, $said, $room) = @_;
	return if is($code, 0, $name);
	diag(substr($said, -4000));
	for my $found (glob("$room/crash-* $room/timeout-* $room/oom-* $room/leak-*")) {
		open(my $in, '<:raw', $found) or next;
		diag(basename($found) . ': ' . do { local $/; unpack('H*', <$in>) });
	}
}

for my $name (split(' ', $ENV{FUZZ_WANT} // '')) {
	ok(-x "$folder/$name", "$name is built, as it was to be");
}

for my $harness (@harnesses) {
	my $name = basename($harness);
	my @seeds = grep { -d } "$folder/seeds/$name", "$regressions/$name";
	my @dictionary = map { "-dict=$_" } grep { -e } "$folder/dict/$name.dict";
	my $count = () = map { glob("$_/*") } @seeds;

	cmp_ok($count, '>', 0, "$name has seeds");
	clean("$name takes all $count of them, and finds nothing in a moment", fuzz($harness, '-runs=' . ($count + $runs * ($times{$name} // 1)), "-max_total_time=$seconds", @{$more{$name} // []}, @dictionary, @seeds));
}

# Without its own network namespace the agent's harness keeps to itself, and goes on.
SKIP: {
	my @alone = ('unshare', '-Ur', 'sh', '-c', 'echo 0 >/proc/sys/user/max_net_namespaces && exec "$@"', 'sh');
	system("@alone[0, 1] true 2>/dev/null") == 0 or skip('no user namespace may be made here', 1);
	clean('fuzz_agent works where it may make no namespace', fuzz([@alone, "$folder/fuzz_agent"], '-runs=500', "$folder/seeds/fuzz_agent"));
}

# The judge would name lwIP's deviations first. Without it they are where two stacks differ though the model permits one reaction.
SKIP: {
	my ($two) = grep { /fuzz_differential$/ } @harnesses;
	$two or skip('lwIP is not at hand: make check LWIP_SRC=DIR', 2);
	my ($code, $said) = fuzz($two, '--judge=no', '--known=no', '-runs=4000', '-max_total_time=60', "$folder/seeds/fuzz_differential");
	is($code, 77, 'two stacks that differ are found to');
	like($said, qr/^FINDING stacks_differ in .*\n.*\nlwIP: .*\npermitted: [^\0]*^reference:\n[^\0]*<== here they part[^\0]*^lwIP:\n[^\0]*<== here they part/m, 'with the two ladders');
}

# (Of planted/fuzz_wire, the reader forgets one of the reserved bits.)
my ($code, $said) = fuzz("$folder/planted/fuzz_wire", '-runs=20000', "$folder/seeds/fuzz_wire");
is($code, 77, 'what reads one bit less than is written is found');
like($said, qr/^FINDING segment_is_kept$/m, 'by its property');
like($said, qr/ in segment_is_kept_broken /, 'which is a function on the stack');

# What judges is compiled without sanitizers, and reads what the stack puts out.
my %careless = (freed => 'heap-use-after-free', long => 'heap-buffer-overflow');
for my $how (sort keys %careless) {
	local $ENV{CARELESS} = $how;
	my ($code, $said) = fuzz("$folder/planted/fuzz_careless", '-runs=0', "$folder/seeds/fuzz_reference");
	like($said, qr/^==\d+==ERROR: AddressSanitizer: $careless{$how} .*\n(?:.*\n){1,9}? +#\d+ 0x\w+ in watch_output /m, "a stack that puts out what is not its own dies of it: $how");
}
{
	local $ENV{CARELESS} = 'no';
	clean('one that does not lives', fuzz("$folder/planted/fuzz_careless", '-runs=0', "$folder/seeds/fuzz_reference"));
}

done_testing();
