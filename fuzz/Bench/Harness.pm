# The harnesses of fuzz-bench: the planted bugs, and for each a program in which nothing but the patched files was compiled anew. It plays none.
package Bench::Harness;
use strict;
use warnings;
use Digest::SHA ();
use Exporter 'import';
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
our @EXPORT = qw(bench_dir bugs_read bug_wanted harness_is harness_build text_read);

sub bench_dir {
	my $dir = ($ENV{BUILD} // 'build') . '/fuzz/bench';
	make_path($dir);
	return $dir;
}

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

# The patched files, in a directory of their own: compiled in the place of those of the same names. Returns the program and a hash of it.
sub harness_build {
	my ($bug) = @_;
	my $from = program($bug->{target});
	return { program => $from, control => $from, hash => hash_of($from) } if !$bug->{file};
	my $over = bench_dir() . "/$bug->{target}/$bug->{name}";
	my $lines = lines_of($bug->{target});
	my ($join, $link) = @$lines{qw(join link)};
	remove_tree($over);
	for my $file (@{ $bug->{touches} }) {
		make_path(dirname("$over/$file"));
		copy("$lines->{source}/$file", "$over/$file") or die "$lines->{source}/$file: $!\n";
	}
	shell("the patch $bug->{file}", "patch -p1 -F0 -s -f --no-backup-if-mismatch -d '$over' <'$bug->{file}'", "$over/log");
	for my $file (@{ $bug->{touches} }) {
		my $object = "$over/" . ($file =~ s{/}{_}gr =~ s/\.c$/.o/r);
		my $compile = $lines->{compile} =~ s{\bIN\b}{-I$over $over/$file}r =~ s/\bOUT\b/$object/r;
		my $name = $bug->{target} eq 'reference' ? $file =~ s/\.c$/.o/r : basename($file, '.c') . '.o';
		shell("compiling $over/$file", $compile, "$over/log");
		my $made = $join ? \$join : \$link;
		$$made =~ s{\S*/\Q$name\E(?=\s|$)}{$object} or die "fuzz_$bug->{target} is not made of $name\n";
	}
	if ($join) {
		shell("joining $bug->{name}", $join =~ s{\bOUT\b}{$over/joined.o}r, "$over/log");
		$link =~ s{\S*/lwip-objects/lwip\.o}{$over/joined.o} or die "fuzz_$bug->{target} is not made of lwip.o\n";
	}
	shell("linking $bug->{name}", $link =~ s{\bOUT\b}{$over/harness}r, "$over/log");
	return { program => "$over/harness", control => $from, hash => hash_of("$over/harness") };
}

sub hash_of { return Digest::SHA->new(1)->addfile($_[0])->hexdigest }

1;
