# Variants of the reference stack: compiling one file of it anew, linking a library, playing the suite on it. It makes no faults and judges nothing; what the suite says it hands on.
package Variant;
use strict;
use warnings;
use Digest::SHA ();
use Exporter 'import';
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Spec ();
use Storable ();
our @EXPORT = qw(build_dir stack_sources includers object_compile library_link suite_play suite_play_until_fail pool_run text_read text_write);

my $STACK = 'targets/reference';
# -w: a mutant is no example. An undeclared function is a mutant that does not compile, and not one that does not load.
my @CFLAGS = (qw(-std=c17 -D_GNU_SOURCE -O2 -fPIC -w -Werror=implicit-function-declaration -Werror=int-conversion), '-DTCPSPEC_VERSION="mutant"');

sub build_dir { return File::Spec->rel2abs($ENV{BUILD} // 'build') . '/mutants' }
# What the library is made of: the Makefile knows.
sub stack_sources { return split ' ', $ENV{STACK_SOURCES} // die "STACK_SOURCES is not set: run this by make\n" }

sub text_read {
	my ($file) = @_;
	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

sub text_write {
	my ($file, $text) = @_;
	make_path(dirname($file));
	open(my $out, '>', $file) or die "$file: $!\n";
	print $out $text;
	close $out or die "$file: $!\n";
	return;
}

# The sources whose objects a change of this file changes.
sub includers {
	my ($file) = @_;
	return ($file) if $file =~ /\.c$/;
	my %reached = ($file => 1);
	for (my $grown = 1; $grown;) {
		$grown = 0;
		for my $f (grep { !$reached{$_} } stack_sources(), glob("$STACK/*.h"), glob('lib/wire/*.h'), glob('lib/base/*.h')) {
			my @named = text_read($f) =~ /^#include "([^"]+)"/mg;
			$reached{$f} = $grown = 1 if grep { $reached{$_} } @named;
		}
	}
	return grep { /\.c$/ } sort keys %reached;
}

# Compiles `file`, as it stands in the directory `over` or else in the tree; headers likewise. Returns a hash of the object's octets, or undef.
sub object_compile {
	my ($file, $over, $object) = @_;
	my $from = defined $over && -e "$over/$file" ? "$over/$file" : $file;
	make_path(dirname($object));
	# The same name in every object, whatever the directory: what differs is the code.
	my @places = ((defined $over ? "-I$over" : ()), '-I.', '-I' . dirname($file));
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		open(STDERR, '>', "$object.err") or die $!;
		exec($ENV{CC} // 'gcc', @CFLAGS, @places, '-c', '-o', $object, '-x', 'c', $from) or die $!;
	}
	waitpid $pid, 0;
	return if $?;
	return object_hash($object);
}

# Of the object's sections, without the names of files.
sub object_hash {
	my ($object) = @_;
	my $text = text_read($object);
	# The only name in an object without debugging is that of the STT_FILE symbol, which the compiler takes without its directory.
	return Digest::SHA::sha1_hex($text);
}

# Links objects to a library in `dir`, with a descriptor beside it. Returns the descriptor's path, or undef.
sub library_link {
	my ($dir, @objects) = @_;
	make_path($dir);
	my $library = "$dir/libtcpspec-reference.so";
	return if system($ENV{CC} // 'gcc', '-shared', '-o', $library, @objects);
	my $descriptor = text_read("$STACK/target.ini");
	$descriptor =~ s/^(library\s*=\s*)\S+/$1$library/m or die "$STACK/target.ini: has no line `library =`\n";
	$descriptor =~ s/^(known\w*\s*=\s*)(\S+)/$1 . File::Spec->rel2abs("$STACK\/$2")/meg;
	# A stack for each choice that a ladder is given, and each with room for so many: what a mutant may take of memory is bounded.
	$descriptor =~ s/^(connections\s*=\s*)\d+/${1}2000/m;
	text_write("$dir/target.ini", $descriptor);
	return "$dir/target.ini";
}

# Plays what the words of `run` mean. Returns how it ended (passed, fail, crash, hang, refused), its ids that are not ok in their order, each with its severity, and how long it took (seconds, user
# and system). cpu: seconds after which it hangs (whole ones); memory: 4 GiB.
sub suite_play { return played(0, @_) }

# The same, until the first that is a FAIL.
sub suite_play_until_fail { return played(1, @_) }

sub played {
	my ($until_fail, $descriptor, $cpu, @words) = @_;
	my @before = times;
	my $pid = open(my $from, '-|') // die "fork: $!\n";
	if (!$pid) {
		open(STDERR, '>', '/dev/null') or die $!;
		$ENV{TCPSPEC_DATA} = '.';
		exec('sh', '-c', 'ulimit -t "$1"; ulimit -v 33554432; ulimit -c 0; shift; exec "$@"', 'sh', $cpu, $ENV{TCPSPEC} // 'build/tcpspec', 'run', '-t', $descriptor, '--seed', 1, @words) or die $!;
	}
	my (@failed, $why);
	while (my $line = <$from>) {
		push @failed, [$1, 'fail'] if $line =~ /^not ok \d+ - (\S+)/;
		$why = $1 if $line =~ /^Bail out! (.*)/;
		next if !@failed || $line !~ /^  severity: (\S+)/;
		$failed[-1][1] = $1;
		if ($until_fail && $1 eq 'fail') {
			kill 'TERM', $pid;
			close $from;
			return ('fail', [$failed[-1]], 0);
		}
	}
	close $from;
	my ($signal, $code) = ($? & 127, $? >> 8);
	# The shell that reports a signal as 128 + n is gone by exec; a dash that stays reports so.
	$signal = $code - 128 if !$signal && $code > 128 && $code < 165;
	my @after = times;
	my $how = $signal == 24 || $signal == 9 ? 'hang' : $signal ? 'crash' : !$code ? 'passed' : @failed ? 'fail' : 'refused';
	@failed = grep { $_->[1] ne 'known' } @failed;
	return ($how, \@failed, $after[2] + $after[3] - $before[2] - $before[3], $why);
}

# work($item, $lane) for each item, in `jobs` processes; returns what they returned, in the items' order. Told: a line on standard error for each, as they come.
sub pool_run {
	my ($jobs, $items, $work, $told) = @_;
	my $dir = build_dir() . '/pool';
	make_path($dir);
	unlink glob("$dir/*");
	pipe(my $next, my $queue) or die "pipe: $!\n";
	# All numbers fit into the pipe; reading eight octets takes one.
	my @children;
	for my $lane (1 .. $jobs) {
		my $pid = fork // die "fork: $!\n";
		push @children, $pid and next if $pid;
		close $queue;
		while (sysread($next, my $number, 8)) {
			$number += 0;
			my $result = $work->($items->[$number], $lane);
			Storable::store($result, "$dir/$number");
			print STDERR $told->($items->[$number], $result), "\n" if $told;
		}
		exit 0;
	}
	close $next;
	syswrite($queue, sprintf('%8d', $_)) for 0 .. $#$items;
	close $queue;
	waitpid $_, 0 for @children;
	return map { -e "$dir/$_" ? Storable::retrieve("$dir/$_") : die "a process ended before its work did\n" } 0 .. $#$items;
}

1;
