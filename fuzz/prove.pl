#!/usr/bin/perl
# Proves each planted bug of fuzz/bugs: builds its stack with sanitizers and plays the test that its head names, of the suite or of fuzz/bugs/proof. The bug must be triggered, and the test FAIL or the
# stack die; on the unpatched stack it must pass. It fuzzes nothing.
#
# usage: make fuzz-bugs, with BUGS='name target/name ...'. Bugs of lwIP only where its source was fetched (make target-lwip), or with LWIP_SRC=DIR.
# Output: TAP. Exit: 0 or 1.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bench::Harness;
use Cwd qw(abs_path);
use File::Path qw(make_path remove_tree);

my $dir = abs_path(bench_dir() . '/..') . '/prove';
my $lwip = $ENV{LWIP_SRC} || ($ENV{BUILD} // 'build') . '/lwip-source';
my $tcpspec = abs_path($ENV{TCPSPEC} // 'build/tcpspec');
# gcc, whose sanitizers a program can be given that was built without. lwIP shifts an octet into the sign where it reads a timestamp, which is no bug of ours.
my @SANITIZE = ('-fsanitize=address,undefined', qw(-O1 -g1 -fPIC -w -fno-sanitize-recover=all -fno-sanitize=shift-base));
chomp(my $runtime = `gcc -print-file-name=libasan.so`);

sub run { system(@_) == 0 or die "failed: @_\n" }

# The suite, with the proofs as a chapter of it.
sub data_make {
	my $here = abs_path('.');
	remove_tree("$dir/data");
	make_path("$dir/data/suite");
	symlink("$here/$_", "$dir/data/$_") for qw(targets lib doc);
	symlink($_, "$dir/data/suite/" . s{.*/}{}r) for glob("$here/suite/*");
	symlink("$here/fuzz/bugs/proof", "$dir/data/suite/proof");
	return;
}

# Copies what the patch touches into `over`, changed.
sub patch_apply {
	my ($bug, $over, $tree) = @_;
	for my $file (@{ $bug->{touches} }) {
		make_path("$over/" . $file =~ s{/[^/]*$}{}r);
		run('cp', "$tree/$file", "$over/$file");
	}
	run('sh', '-c', 'patch -p1 -F0 -s -f --no-backup-if-mismatch -d "$1" <"$2"', 'sh', $over, $bug->{file});
	return;
}

sub compile { run('gcc', '-std=c17', '-D_GNU_SOURCE', '-DTCPSPEC_VERSION="bug"', '-fvisibility=hidden', @SANITIZE, @_) }

# The library of the reference stack with the bug, or without one.
sub reference_build {
	my ($bug, $over) = @_;
	my @objects;
	patch_apply($bug, $over, '.') if $bug->{file};
	for my $file (split(' ', $ENV{STACK_SOURCES}), 'fuzz/bug.c') {
		my $base = "$dir/base/" . $file =~ s{/}{_}gr . '.o';
		my $object = -e "$over/$file" ? "$over/" . $file =~ s{/}{_}gr . '.o' : $base;
		push @objects, $object;
		next if $object eq $base && -e $base;
		make_path("$dir/base");
		compile("-I$over", '-I.', '-c', '-o', $object, -e "$over/$file" ? "$over/$file" : $file);
	}
	run('gcc', '-shared', '-fsanitize=address,undefined', '-o', "$over/stack.so", @objects);
	return;
}

# The same of lwIP, whose sources are all compiled.
sub lwip_build {
	my ($bug, $over) = @_;
	make_path("$over/tree", "$over/include/tcpspec");
	run('cp', '-R', "$lwip/src", "$over/tree/");
	run('cp', 'lib/target/stack.h', "$over/include/tcpspec/");
	patch_apply($bug, "$over/tree", $lwip) if $bug->{file};
	my $here = abs_path('.');
	# Its core alone lies behind the weak names: bug.c comes in by the preload.
	run('gcc', '-shared', '-fPIC', '-O1', '-I.', '-o', "$over/bug.so", 'fuzz/bug.c');
	local @ENV{qw(CC CFLAGS LWIP_SRC LWIP_LIB)} = ('gcc', "@SANITIZE -I$here", "$over/tree", 'stack.so');
	run('sh', '-c', 'sh targets/lwip/build.sh "$1" >/dev/null', 'sh', $over);
	return;
}

# What the proof says of the stack in `over`: (passed, triggered).
sub proof_play {
	my ($bug, $over) = @_;
	my $descriptor = text_read("targets/$bug->{target}/target.ini");
	my $here = abs_path("targets/$bug->{target}");
	$descriptor =~ s/^(library\s*=\s*)\S+/$1$over\/stack.so/m;
	$descriptor =~ s/^(known\w*\s*=\s*)(\S+)/$1$here\/$2/mg;
	$descriptor =~ s/^(connections\s*=\s*)\d+/${1}2000/m;
	open(my $out, '>', "$over/target.ini") or die "$over/target.ini: $!\n";
	print $out $descriptor;
	close $out or die;
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		open(STDOUT, '>', "$over/said") or die $!;
		open(STDERR, '>&', \*STDOUT) or die $!;
		$ENV{LD_PRELOAD} = join ':', $runtime, grep { -e } "$over/bug.so";
		$ENV{ASAN_OPTIONS} = 'detect_leaks=0:verify_asan_link_order=0';
		$ENV{TCPSPEC_DATA} = "$dir/data";
		exec('timeout', 100, $tcpspec, 'run', '-t', "$over/target.ini", '--seed', 1, "$bug->{proof}*") or die $!;
	}
	waitpid $pid, 0;
	my $said = text_read("$over/said");
	return ($? == 0 && $said !~ /^not ok/m, $said =~ /^bug: triggered/m);
}

my @words = split ' ', $ENV{BUGS} // '';
my @bugs = grep { bug_wanted($_, @words) } bugs_read('reference'), -d "$lwip/src/core" ? bugs_read('lwip') : ();
my $failed = 0;
data_make();
for my $target (qw(reference lwip)) {
	next if !grep { $_->{target} eq $target } @bugs;
	my $over = "$dir/$target-none";
	remove_tree($over);
	make_path($over);
	$target eq 'lwip' ? lwip_build({}, $over) : reference_build({}, $over);
}
print '1..', scalar @bugs, "\n";
for my $n (0 .. $#bugs) {
	my $bug = $bugs[$n];
	my $over = "$dir/$bug->{target}-$bug->{name}";
	remove_tree($over);
	make_path($over);
	$bug->{target} eq 'lwip' ? lwip_build($bug, $over) : reference_build($bug, $over);
	my ($passed, $triggered) = proof_play($bug, $over);
	my ($clean) = proof_play($bug, "$dir/$bug->{target}-none");
	my $ok = !$passed && $triggered && $clean;
	$failed ||= !$ok;
	print $ok ? 'ok ' : 'not ok ', $n + 1, " - $bug->{target}/$bug->{name} by $bug->{proof}\n";
	print '# ', join(', ', $passed ? 'the proof passes' : (), $triggered ? () : 'it is not triggered', $clean ? () : 'the proof fails without the bug'), "\n" if !$ok;
	remove_tree($over) if $ok;
}
exit $failed;
