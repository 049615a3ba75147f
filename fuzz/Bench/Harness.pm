# The harnesses of fuzz-bench: the planted bugs, and for each a program in which nothing but the patched files was compiled anew. It plays none.
package Bench::Harness;
use strict;
use warnings;
use Digest::SHA ();
use Exporter 'import';
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
our @EXPORT = qw(bench_dir bench_room bugs_read bug_wanted harness_is harness_build harness_make harness_source text_read);

sub bench_dir {
	my $dir = ($ENV{BUILD} // 'build') . '/fuzz/bench';
	make_path($dir);
	return $dir;
}

# Where a run's corpus and artifacts lie: in memory where that is possible, for what is measured is no file system's time to make a file.
my $room;

sub bench_room {
	$room //= -w '/dev/shm' ? "/dev/shm/tcpspec-bench-$$" : bench_dir() . '/room';
	return $room;
}

END { remove_tree($room) if $room }

sub text_read {
	my ($file) = @_;
	open(my $in, '<:raw', $file) or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

# Whether `make fuzz` has built the harness of this stack.
sub harness_is { return -x program($_[0]) }
sub program { return ($ENV{BUILD} // 'build') . "/fuzz/fuzz_$_[0]" }

# target, name, file, what, class, clause, proof, touches of each patch.
sub bugs_read {
	my ($target) = @_;
	return map { bug_read($target, $_) } sort glob("fuzz/bugs/$target/*.patch");
}

sub bug_read {
	my ($target, $file) = @_;
	my $text = text_read($file);
	my ($what, $class, $clause, $proof) = $text =~ /\A(\S.*)\nclass: (memory|liveness|semantic)\nclause: (\S.*)\nproof: (\S+)\n\n--- / or die "$file: begins with a sentence, class, clause and proof: see the others\n";
	return { target => $target, name => basename($file, '.patch'), file => $file, what => $what, class => $class, clause => $clause, proof => $proof, touches => [$text =~ m{^\+\+\+ b/(\S+)}mg] };
}

# words: names, with their target or without; none: all are wanted.
sub bug_wanted {
	my ($bug, @words) = @_;
	return !@words || grep { $_ eq $bug->{name} || $_ eq "$bug->{target}/$bug->{name}" } @words;
}

# What the Makefile says of a harness: compile, link, and join where objects become one before, shell commands in which IN and OUT stand for files; and source, the tree that its patches are for.
my %line;

sub lines_of {
	my ($target) = @_;
	return $line{$target} if $line{$target};
	my @said = `$ENV{MAKE_COMMAND} -s fuzz-lines-fuzz_$target`;
	$line{$target} = { map { /^(compile|join|link|source): (.*)/ ? ($1 => $2) : () } @said };
	die "make fuzz-lines-fuzz_$target does not say how fuzz_$target is made\n" if !$line{$target}{link};
	return $line{$target};
}

sub shell {
	my ($what, $command, $log) = @_;
	system('sh', '-c', "($command) >'$log' 2>&1") == 0 or die "$what failed: $command\n" . text_read($log);
	return;
}

# The harness with a bug, or that as it is (name: control): the program, that without a bug, and a hash of it.
sub harness_build {
	my ($bug) = @_;
	my $from = program($bug->{target});
	return { program => $from, control => $from, hash => hash_of($from) } if !$bug->{file};
	my $made = harness_make($bug->{target}, $bug->{name}, $bug->{touches}, $bug->{file}, '');
	return { program => $made, control => $from, hash => hash_of($made) };
}

# The same with these files compiled anew, by more flags, in a directory of their own: patched, or as they are.
sub harness_make {
	my ($target, $name, $files, $patch, $flags) = @_;
	my $over = bench_dir() . "/$target/$name";
	my $lines = lines_of($target);
	remove_tree($over);
	for my $file (@$files) {
		make_path(dirname("$over/$file"));
		copy("$lines->{source}/$file", "$over/$file") or die "$lines->{source}/$file: $!\n";
	}
	shell("the patch $patch", "patch -p1 -F0 -s -f --no-backup-if-mismatch -d '$over' <'$patch'", "$over/log") if $patch;
	my %object = map { object_compile($target, $lines, $over, $_, $flags) } @$files;
	shell("linking $name", link_line($target, $lines, $over, \%object) =~ s{\bOUT\b}{$over/harness $flags}r, "$over/log");
	return "$over/harness";
}

# (how the link calls the object of this file, the object).
sub object_compile {
	my ($target, $lines, $over, $file, $flags) = @_;
	my $object = "$over/" . ($file =~ s{/}{_}gr =~ s/\.c$/.o/r);
	shell("compiling $over/$file", $lines->{compile} =~ s{\bIN\b}{-I$over $over/$file $flags}r =~ s/\bOUT\b/$object/r, "$over/log");
	return ($target eq 'reference' ? $file =~ s/\.c$/.o/r : basename($file, '.c') . '.o', $object);
}

# The link with these objects in the place of those of the same names, which may be parts of one that is joined.
sub link_line {
	my ($target, $lines, $over, $object) = @_;
	my ($join, $link) = @$lines{qw(join link)};
	my $made = $join ? \$join : \$link;
	for my $name (sort keys %$object) {
		$$made =~ s{\S*/\Q$name\E(?=\s|$)}{$object->{$name}} or die "fuzz_$target is not made of $name\n";
	}
	return $link if !$join;
	shell("joining $over", $join =~ s{\bOUT\b}{$over/joined.o}r, "$over/log");
	$link =~ s{\S*/lwip-objects/lwip\.o}{$over/joined.o} or die "fuzz_$target is not made of lwip.o\n";
	return $link;
}

# The tree that the patches for a target are for.
sub harness_source { return lines_of($_[0])->{source} }

sub hash_of { return Digest::SHA->new(1)->addfile($_[0])->hexdigest }

1;
