# Single-operator faults of C text: which places there are, and what stands there then. It reads tokens, not types, and compiles nothing; what does not compile, or compiles to the
# same object, is sorted out by who asks (generated.pl).
package Operators;
use strict;
use warnings;
no warnings 'portable'; # hexadecimal numbers of 64 bits
use Exporter 'import';
our @EXPORT = qw(mutations functions);

# An operator for each that could stand there by mistake: the boundary moved, and the comparison turned round.
my %RELATIONAL = ('<' => ['<=', '>='], '<=' => ['<', '>'], '>' => ['>=', '<='], '>=' => ['>', '<'], '==' => ['!='], '!=' => ['==']);
my %OTHER = ('&&' => ['||'], '||' => ['&&'], '+=' => ['-='], '-=' => ['+='], '|=' => ['&='], '&=' => ['|='], '++' => ['--'], '--' => ['++']);
my %ADDITIVE = ('+' => ['-'], '-' => ['+']);
# Words that may stand for each other: comparisons of sequence numbers, truth, the minimum.
my %WORD = (
	seq_lt => ['seq_le', '!seq_lt'], seq_le => ['seq_lt', '!seq_le'], seq_gt => ['seq_ge', '!seq_gt'], seq_ge => ['seq_gt', '!seq_ge'], seq_within => ['!seq_within'],
	true => ['false'], false => ['true']
);
# Control bits and states: a bit for its neighbour, a state for the next in the order of the standard.
my @BITS = qw(FIN SYN RST PSH ACK URG);
my @STATES = qw(LISTEN SYN_SENT SYN_RECEIVED ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 CLOSE_WAIT CLOSING_STATE LAST_ACK TIME_WAIT);
my %KEYWORD = map { $_ => 1 } qw(if else for while do switch case default return break continue goto sizeof const static struct enum union unsigned signed int char short long void bool);

my $TOKEN = qr{
	\G(?:(?<space>\s+|/\*.*?\*/|//[^\n]*|^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*)
	|(?<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
	|(?<word>[A-Za-z_]\w*)
	|(?<number>\.?\d(?:[\w.])*)
	|(?<sign>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+=|-=|\*=|/=|%=|&=|\|=|\^=|\.\.\.|.))
}xsm;

sub tokens {
	my ($text) = @_;
	my @tokens;
	while ($text =~ /$TOKEN/g) {
		my ($kind) = grep { defined $+{$_} } qw(space text word number sign);
		push @tokens, { kind => $kind, text => $&, at => $-[0] } if $kind ne 'space';
	}
	return \@tokens;
}

# Marks each token with the function that it lies in, its depth in parentheses and the place of the parenthesis that opens it.
sub places {
	my ($tokens) = @_;
	my ($braces, $function, @open) = (0, undef);
	for my $i (0 .. $#$tokens) {
		my $t = $tokens->[$i];
		if ($t->{text} eq '{') {
			$function = function_before($tokens, $i) if !$braces;
			$braces++;
		}
		pop @open if $t->{text} =~ /^[)\]]$/ && @open;
		@$t{qw(function braces inside)} = ($function, $braces, $open[-1]);
		push @open, $i if $t->{text} =~ /^[(\[]$/;
		if ($t->{text} eq '}') {
			$braces--;
			$function = undef if !$braces;
		}
	}
	return;
}

# `name(...) {`: the name; undef for the brace of a struct or a table.
sub function_before {
	my ($tokens, $i) = @_;
	return if !$i || $tokens->[ --$i ]{text} ne ')';
	for (my $depth = 0; $i >= 0; $i--) {
		$depth++ if $tokens->[$i]{text} eq ')';
		$depth-- if $tokens->[$i]{text} eq '(';
		return $i ? $tokens->[ $i - 1 ]{text} : undef if !$depth;
	}
	return;
}

sub is_operand {
	my ($t) = @_;
	return $t && ($t->{kind} eq 'number' || $t->{text} =~ /^[)\]]$/ || ($t->{kind} eq 'word' && !$KEYWORD{ $t->{text} }));
}

sub closing {
	my ($tokens, $i) = @_;
	for (my $depth = 0; $i < @$tokens; $i++) {
		$depth++ if $tokens->[$i]{text} =~ /^[(\[{]$/;
		$depth-- if $tokens->[$i]{text} =~ /^[)\]}]$/;
		return $i if !$depth;
	}
	return;
}

# A number's neighbours: one more, one less where that is none below zero.
sub numbers {
	my ($text) = @_;
	my ($value, $suffix) = $text =~ /^(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)$/ or return;
	my $n = $value =~ /^0[xX]/ ? hex $value : $value;
	return map { "$_$suffix" } $n + 1, $n ? $n - 1 : ();
}

# In an array's bounds, sizeof and a case's label a number is no arithmetic of the standard.
sub is_arithmetic {
	my ($tokens, $i) = @_;
	my $before = $i ? $tokens->[ $i - 1 ]{text} : '';
	my $open = $tokens->[$i]{inside};
	return 0 if $before eq 'case' || (defined $open && $open && $tokens->[ $open - 1 ]{text} =~ /^(sizeof|_Static_assert|static_assert)$/);
	# `type name[N];`, `type name[N] =`
	return 1 if !defined $open || $tokens->[$open]{text} ne '[' || $open < 2;
	my ($name, $type) = @$tokens[ $open - 1, $open - 2 ];
	return !($name->{kind} eq 'word' && ($type->{kind} eq 'word' || $type->{text} eq '*' && $tokens->[ $open - 3 ]{kind} eq 'word' && $KEYWORD{ $tokens->[ $open - 3 ]{text} }));
}

sub words {
	my ($text) = @_;
	return @{ $WORD{$text} } if $WORD{$text};
	for my $names (\@STATES, \@BITS) {
		for my $n (0 .. $#$names) {
			return "$1$names->[ ($n + 1) % @$names ]" if $text =~ /^((?:[A-Z]+_)??)\Q$names->[$n]\E$/;
		}
	}
	return;
}

# What may be put in place of the token itself.
sub replacements {
	my ($tokens, $i) = @_;
	my ($t, $text) = ($tokens->[$i], $tokens->[$i]{text});
	return if $i && $tokens->[ $i - 1 ]{text} eq 'case';
	return words($text) if $t->{kind} eq 'word' && ($i + 1 >= @$tokens || $tokens->[ $i + 1 ]{text} ne ':');
	return is_arithmetic($tokens, $i) ? numbers($text) : () if $t->{kind} eq 'number';
	return if $t->{kind} ne 'sign';
	return @{ $RELATIONAL{$text} // $OTHER{$text} } if $RELATIONAL{$text} || $OTHER{$text};
	return @{ $ADDITIVE{$text} } if $ADDITIVE{$text} && $i && is_operand($tokens->[ $i - 1 ]);
	return;
}

# From token i to the end of the statement that begins there, if it is an expression or a jump; undef otherwise.
sub statement_end {
	my ($tokens, $i) = @_;
	my ($first, $before) = ($tokens->[$i], $tokens->[ $i - 1 ]);
	return if defined $first->{inside} || $first->{kind} ne 'word' && $first->{text} !~ /^(\+\+|--|\*)$/;
	my $begins = $before->{text} =~ /^([;{}]|else|do)$/ || ($before->{text} eq ':' && is_label($tokens, $i - 1)) || ($before->{text} eq ')' && defined controls($tokens, $i - 1));
	return if !$begins || ($KEYWORD{ $first->{text} } && $first->{text} !~ /^(break|continue|return|goto)$/);
	my $second = $tokens->[ $i + 1 ];
	# A declaration: two words, or a word, an asterisk and a word.
	return if $first->{text} !~ /^(return|goto)$/ && $second->{kind} eq 'word';
	return if $second->{text} eq '*' && $tokens->[ $i + 2 ]{kind} eq 'word' && $first->{kind} eq 'word' && $tokens->[ $i + 3 ]{text} =~ /^[=;,]$/;
	return if $second->{text} eq ':';
	for my $end ($i .. $#$tokens) {
		next if defined $tokens->[$end]{inside} || $tokens->[$end]{text} ne ';';
		# Without the function's last return there is no value: that is no fault of one operator.
		return if $first->{text} eq 'return' && $end > $i + 1 && $tokens->[ $end + 1 ]{text} eq '}' && $tokens->[ $end + 1 ]{braces} == 1;
		return $end;
	}
	return;
}

# The colon of a label, and not of a choice.
sub is_label {
	my ($tokens, $i) = @_;
	while (--$i > 0 && $tokens->[$i]{text} !~ /^[;{}?]$/) {
		return 1 if $tokens->[$i]{text} =~ /^(case|default)$/;
	}
	return 0;
}

# `if (...)`, `while (...)`, `for (...)`: the place of the opening parenthesis, asked at the closing one.
sub controls {
	my ($tokens, $i) = @_;
	for (my $depth = 0; $i > 0; $i--) {
		$depth++ if $tokens->[$i]{text} eq ')';
		$depth-- if $tokens->[$i]{text} eq '(';
		return $tokens->[ $i - 1 ]{text} =~ /^(if|while|for|switch)$/ ? $i : undef if !$depth;
	}
	return;
}

# `A | B` of two constants: without the one, without the other.
sub dropped {
	my ($tokens, $i) = @_;
	my ($t, $left, $right) = ($tokens->[$i], $tokens->[ $i - 1 ], $tokens->[ $i + 1 ]);
	return if $t->{text} ne '|' || !$i || !$right;
	my @found;
	push @found, [$t->{at}, $right->{at} + length($right->{text}), ''] if $right->{text} =~ /^[A-Z][A-Z0-9_]+$/;
	push @found, [$left->{at}, $right->{at}, ''] if $left->{text} =~ /^[A-Z][A-Z0-9_]+$/;
	return @found;
}

# Faults that begin at token i: [from, to, text in place of it].
sub faults {
	my ($tokens, $i) = @_;
	my $t = $tokens->[$i];
	my @found = map { [$t->{at}, $t->{at} + length($t->{text}), $_] } replacements($tokens, $i);
	push @found, dropped($tokens, $i);
	if ($t->{text} eq 'if' && $tokens->[ $i + 1 ]{text} eq '(' && defined(my $end = closing($tokens, $i + 1))) {
		# A single comparison has its opposite among its operators.
		my @signs = grep { $RELATIONAL{$_} || /^(&&|\|\|)$/ } map { $_->{text} } @$tokens[ $i + 2 .. $end - 1 ];
		push @found, [$tokens->[ $i + 1 ]{at}, $tokens->[$end]{at} + 1, '!'] if @signs != 1 || !$RELATIONAL{ $signs[0] };
	}
	if (defined(my $end = statement_end($tokens, $i))) {
		push @found, [$t->{at}, $tokens->[$end]{at} + 1, ';'];
	}
	return @found;
}

# The functions of a C text, in their order: name, open and close (octets of the braces of its body), void (it returns nothing).
sub functions {
	my ($text) = @_;
	my $tokens = tokens($text);
	places($tokens);
	my @found;
	for my $i (1 .. $#$tokens) {
		my $t = $tokens->[$i];
		next if $t->{text} ne '{' || $t->{braces} != 1 || !defined $t->{function};
		my $begin = $i;
		$begin-- while $begin > 0 && $tokens->[ $begin - 1 ]{text} !~ /^[;}]$/;
		my ($name) = grep { $tokens->[$_]{text} eq $t->{function} && $tokens->[ $_ + 1 ]{text} eq '(' } $begin .. $i;
		my @type = map { $_->{text} } @$tokens[ $begin .. $name - 1 ];
		push @found, { name => $t->{function}, open => $t->{at}, close => $tokens->[ closing($tokens, $i) ]{at}, void => (grep { $_ eq 'void' } @type) && !(grep { $_ eq '*' } @type) };
	}
	return @found;
}

# The faults of a C text that lie in functions, in their order: from, to (octets), with (what stands there then), line, function, before and after: the lines that it touches, their spaces
# made one. A negated condition is written (!(...)).
sub mutations {
	my ($text) = @_;
	my $tokens = tokens($text);
	places($tokens);
	my (@found, %seen);
	for my $i (1 .. $#$tokens) {
		next if !defined $tokens->[$i]{function};
		for my $f (faults($tokens, $i)) {
			my ($from, $to, $with) = @$f;
			$with = '(!' . substr($text, $from, $to - $from) . ')' if $with eq '!';
			my $begin = rindex($text, "\n", $from) + 1;
			my $end = index($text, "\n", $to - 1);
			my $line = 1 + (substr($text, 0, $from) =~ tr/\n//);
			my ($before, $after) = (substr($text, $begin, $end - $begin), substr($text, $begin, $from - $begin) . $with . substr($text, $to, $end - $to));
			s/\s+/ /g, s/^ | $//g for $before, $after;
			push @found, { from => $from, to => $to, with => $with, line => $line, function => $tokens->[$i]{function}, before => $before, after => $after };
		}
	}
	return @found;
}

1;
