# The patches of targets/reference/mutants: reading their heads, applying one to a copy of what it touches. It plays nothing.
package Patches;
use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(basename);
use Variant;
our @EXPORT = qw(patches_read patch_apply patch_refresh);

# All of them, or those named: name, file, description, clause, rules (ids of the rows of suite/requirements.tsv that it breaks), equivalent (undef or the argument), touches (files). Dies of a
# malformed one.
sub patches_read {
	my @names = @_;
	my @files = @names ? map { "targets/reference/mutants/$_.patch" } @names : sort glob('targets/reference/mutants/*.patch');
	return map { patch_read($_) } @files;
}

my %requirement;

sub requirement_is {
	my ($id) = @_;
	%requirement = map { (split /\t/)[0] => 1 } split /\n/, text_read('suite/requirements.tsv') if !%requirement;
	return $requirement{$id};
}

sub patch_read {
	my ($file) = @_;
	my $text = text_read($file);
	my ($head) = $text =~ /\A(.*?)^--- /ms or die "$file: holds no change; write it with `diff -U1 -p`\n";
	my ($description, @rest) = split /\n/, $head;
	die "$file:1: the first line says in one sentence what the fault is\n" if $description !~ /^\S.*\S$/;
	my %patch = (name => basename($file, '.patch'), file => $file, description => $description, rules => []);
	for my $n (0 .. $#rest) {
		next if $rest[$n] eq '';
		my ($key, $value) = $rest[$n] =~ /^(clause|rule|equivalent): (\S.*)$/ or die "$file:" . ($n + 2) . ": expected `clause: ...`, `rule: ID, ID` or `equivalent: ...`\n";
		$patch{$key} = $value if $key ne 'rule';
		push @{ $patch{rules} }, split /,\s*/, $value if $key eq 'rule';
	}
	die "$file: names no clause; write a line `clause: RFC 9293 3.10.7.4, first check`\n" if !$patch{clause};
	for my $rule (@{ $patch{rules} }) {
		die "$file: breaks $rule, which is no row of suite/requirements.tsv\n" if !requirement_is($rule);
	}
	my %seen;
	$patch{touches} = [grep { !$seen{$_}++ } $text =~ m{^\+\+\+ b/(\S+)}mg];
	for my $touched (@{ $patch{touches} }) {
		die "$file: touches $touched, which is no part of the reference stack\n" if $touched !~ m{^(targets/reference|lib/wire)/[^/]+\.[ch]$} || !-e $touched;
	}
	return \%patch;
}

# Copies of what it touches in `over`, changed. False with what patch(1) said. fuzz: lines of context that may have changed.
sub patch_apply {
	my ($patch, $over, $fuzz) = @_;
	$fuzz //= 0; # a context that has changed is for the author to look at
	text_write("$over/$_", text_read($_)) for @{ $patch->{touches} };
	my $pid = open(my $from, '-|') // die "fork: $!\n";
	if (!$pid) {
		open(STDERR, '>&', \*STDOUT) or die $!;
		open(STDIN, '<', $patch->{file}) or die $!;
		exec('patch', '-p1', "-F$fuzz", '-s', '-f', '--no-backup-if-mismatch', '-d', $over) or die $!;
	}
	my $said = do { local $/; <$from> };
	close $from;
	return ($? == 0, $said);
}

# Writes the patch anew for the sources as they are, if it still applies somewhere near. False with what patch(1) said.
sub patch_refresh {
	my ($patch, $over) = @_;
	my ($applies, $said) = patch_apply($patch, $over, 1);
	return (0, $said) if !$applies;
	my ($head) = text_read($patch->{file}) =~ /\A(.*?)^--- /ms;
	for my $touched (@{ $patch->{touches} }) {
		open(my $from, '-|', 'diff', '-U1', '--label', "a/$touched", '--label', "b/$touched", $touched, "$over/$touched") or die "diff: $!\n";
		$head .= do { local $/; <$from> } // '';
		close $from;
	}
	text_write($patch->{file}, $head);
	return (1, '');
}

1;
