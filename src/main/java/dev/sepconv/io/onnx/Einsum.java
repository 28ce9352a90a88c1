package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Einstein's sums: products of arrays whose dimensions have letters, summed over those that the
 * result doesn't name. Each pair is a matrix product once its dimensions are put in order: those
 * that both have and that stay, those of one, those that are summed.
 */
final class Einsum {

    /** An array and the letter of each of its dimensions; "..." has capital Greek ones. */
    private record Term(Value value, List<Character> letters) {

        int size(char letter) {
            return value.shape().get(letters.indexOf(letter));
        }

        boolean has(char letter) {
            return letters.contains(letter);
        }
    }

    /** A letter that no equation has, for the dimension so many from the end of "...". */
    private static final char FIRST_OF_REST = '\u0391';

    private final NodeReader node;
    private final String equation;
    private int steps;

    private Einsum(NodeReader node, String equation) {
        this.node = node;
        this.equation = equation;
    }

    static void read(NodeReader node) {
        node.since(12);
        String equation = node.text("equation", "").replace(" ", "");
        new Einsum(node, equation).run();
    }

    private void run() {
        String[] sides = equation.split("->", -1);
        String[] inputs = sides[0].split(",", -1);
        if (sides.length > 2 || inputs.length != node.inputs() || equation.isEmpty()) {
            throw wrong("it must have a term for each of the %d inputs, and one result at most"
                    .formatted(node.inputs()));
        }
        List<Term> terms = new ArrayList<>();
        Map<Character, Integer> sizes = new HashMap<>();
        int rest = 0;
        for (int i = 0; i < inputs.length; i++) {
            Dims dims = node.dims(i);
            List<Character> letters = letters(inputs[i], dims.rank());
            rest = Math.max(rest, (int) letters.stream().filter(Einsum::isRest).count());
            for (int d = 0; d < letters.size(); d++) {
                int size = dims.get(d);
                int known = sizes.merge(letters.get(d), size, Math::max);
                int least = Math.min(known, size);
                if (known != size && size != 1 || least != known && least != 1) {
                    throw wrong("dimension %s is %d and %d".formatted(name(letters.get(d)), known,
                            size));
                }
            }
            terms.add(new Term(node.input(i), letters));
        }
        List<Character> result = sides.length == 2
                ? result(sides[1], rest, sizes)
                : implied(terms, rest);
        refuseOtherSizes(terms, sizes);
        terms.replaceAll(term -> withoutOnes(diagonal(term), sizes));
        Term left = terms.getFirst();
        for (int i = 1; i < terms.size(); i++) {
            TreeSet<Character> later = new TreeSet<>(result);
            terms.subList(i + 1, terms.size()).forEach(term -> later.addAll(term.letters()));
            left = product(left, terms.get(i), later);
        }
        left = summed(left, new TreeSet<>(result));
        give(left, result, sizes);
    }

    private ModelException wrong(String why) {
        return new ModelException("equation '%s': %s".formatted(
                equation.length() > 60 ? equation.substring(0, 60) + "…" : equation, why));
    }

    private static boolean isRest(char letter) {
        return letter >= FIRST_OF_REST && letter < FIRST_OF_REST + Weights.MAX_RANK;
    }

    private static String name(char letter) {
        return isRest(letter) ? "of '...'" : "'" + letter + "'";
    }

    /** The letters of an input's term. */
    private List<Character> letters(String term, int rank) {
        int dots = term.indexOf("...");
        int named = dots < 0 ? term.length() : term.length() - 3;
        if (dots < 0 ? named != rank : named > rank) {
            throw wrong("term '%s' doesn't name the %d dimensions of its input"
                    .formatted(term.length() > 20 ? term.substring(0, 20) + "…" : term, rank));
        }
        return letters(term, dots, rank - named);
    }

    private List<Character> letters(String term, int dots, int rest) {
        List<Character> letters = new ArrayList<>();
        for (int i = 0; i < term.length(); i++) {
            char letter = term.charAt(i);
            if (i == dots) {
                for (int r = rest; r > 0; r--) {
                    letters.add((char) (FIRST_OF_REST + r - 1));
                }
                i += 2;
            } else if (letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z') {
                letters.add(letter);
            } else {
                throw wrong("'%s' is no letter".formatted(letter));
            }
        }
        return letters;
    }

    private List<Character> result(String term, int rest, Map<Character, Integer> sizes) {
        int dots = term.indexOf("...");
        List<Character> letters = letters(term, dots, rest);
        for (char letter : letters) {
            if (!sizes.containsKey(letter)
                    || letters.indexOf(letter) != letters.lastIndexOf(letter)) {
                throw wrong("the result must name dimensions of the inputs, each once");
            }
        }
        return letters;
    }

    /** Without "->": what stands once, in the alphabet's order, after "...". */
    private static List<Character> implied(List<Term> terms, int rest) {
        Map<Character, Integer> often = new HashMap<>();
        terms.forEach(
                term -> term.letters().forEach(letter -> often.merge(letter, 1, Integer::sum)));
        List<Character> letters = new ArrayList<>();
        for (int r = rest; r > 0; r--) {
            letters.add((char) (FIRST_OF_REST + r - 1));
        }
        often.keySet().stream().filter(letter -> !isRest(letter) && often.get(letter) == 1).sorted()
                .forEach(letters::add);
        return letters;
    }

    /** A dimension of "..." may be 1 and is repeated; one with a letter must be as long in all. */
    private void refuseOtherSizes(List<Term> terms, Map<Character, Integer> sizes) {
        for (Term term : terms) {
            for (int d = 0; d < term.letters().size(); d++) {
                char letter = term.letters().get(d);
                int size = term.value().shape().get(d);
                if (size != sizes.get(letter) && (size != 1 || !isRest(letter))) {
                    throw wrong("dimension %s is %d and %d".formatted(name(letter), size,
                            sizes.get(letter)));
                }
            }
        }
    }

    private Value step(String what, Op op, Value... from) {
        return node.step(what + steps++, op, from);
    }

    /** A letter that a term has twice: only where both places are equal. */
    private Term diagonal(Term term) {
        for (int i = 0; i < term.letters().size(); i++) {
            int again = term.letters().lastIndexOf(term.letters().get(i));
            if (again == i) {
                continue;
            }
            int rank = term.letters().size();
            int size = term.value().shape().get(i);
            float[] ones = new float[size * size];
            node.spend(ones.length);
            for (int at = 0; at < size; at++) {
                ones[at * size + at] = 1;
            }
            int first = i;
            List<Integer> sizes = IntStream.range(0, rank)
                    .mapToObj(d -> d == first || d == again ? size : 1).toList();
            Value only = step("diagonal", new Op.Binary(Kind.MASK), term.value(),
                    node.constant("diagonal-ones", new OnnxTensor.Floats(sizes, ones)));
            List<Character> letters = new ArrayList<>(term.letters());
            letters.remove(again);
            return diagonal(new Term(
                    step("once", new Op.Reduce(Op.Reduce.Kind.SUM, List.of(again), false), only),
                    letters));
        }
        return term;
    }

    /** Dimensions of 1 that are repeated to another array's are left out. */
    private Term withoutOnes(Term term, Map<Character, Integer> sizes) {
        List<Character> kept = term.letters().stream()
                .filter(letter -> term.size(letter) == sizes.get(letter)).toList();
        return kept.size() == term.letters().size()
                ? term
                : new Term(step("without-ones", new Op.Reshape(sizesOf(term, kept)), term.value()),
                        kept);
    }

    private static Dims sizesOf(Term term, List<Character> letters) {
        return new Dims(letters.stream().map(term::size).toList());
    }

    /** Sums over the letters that nothing needs. */
    private Term summed(Term term, TreeSet<Character> needed) {
        List<Integer> over = IntStream.range(0, term.letters().size())
                .filter(d -> !needed.contains(term.letters().get(d))).boxed().toList();
        return over.isEmpty()
                ? term
                : new Term(
                        step("sum", new Op.Reduce(Op.Reduce.Kind.SUM, over, false), term.value()),
                        term.letters().stream().filter(needed::contains).toList());
    }

    private Term ordered(Term term, List<Character> letters) {
        List<Integer> order = letters.stream().map(term.letters()::indexOf).toList();
        return order.equals(IntStream.range(0, order.size()).boxed().toList())
                ? term
                : new Term(step("ordered", new Op.Transpose(order), term.value()), letters);
    }

    private static List<Character> joined(List<Character> a, List<Character> b, List<Character> c) {
        List<Character> all = new ArrayList<>(a);
        all.addAll(b);
        all.addAll(c);
        return all;
    }

    private static int count(Term term, List<Character> letters) {
        return sizesOf(term, letters).elements();
    }

    private Term product(Term a, Term b, TreeSet<Character> later) {
        TreeSet<Character> forLeft = new TreeSet<>(later);
        forLeft.addAll(b.letters());
        TreeSet<Character> forRight = new TreeSet<>(later);
        forRight.addAll(a.letters());
        Term left = summed(a, forLeft);
        Term right = summed(b, forRight);
        List<Character> batch = left.letters().stream()
                .filter(letter -> right.has(letter) && later.contains(letter)).toList();
        List<Character> common = left.letters().stream()
                .filter(letter -> right.has(letter) && !later.contains(letter)).toList();
        List<Character> rows = left.letters().stream().filter(letter -> !right.has(letter))
                .toList();
        List<Character> columns = right.letters().stream().filter(letter -> !left.has(letter))
                .toList();
        int batches = count(left, batch);
        Value x = step("left",
                new Op.Reshape(Dims.of(batches, count(left, rows), count(left, common))),
                ordered(left, joined(batch, rows, common)).value());
        Value y = step("right",
                new Op.Reshape(Dims.of(batches, count(right, common), count(right, columns))),
                ordered(right, joined(batch, common, columns)).value());
        List<Integer> sizes = new ArrayList<>(sizesOf(left, batch).sizes());
        sizes.addAll(sizesOf(left, rows).sizes());
        sizes.addAll(sizesOf(right, columns).sizes());
        return new Term(
                step("product", new Op.Reshape(new Dims(sizes)),
                        step("matrices", new Op.MatrixProduct(), x, y)),
                joined(batch, rows, columns));
    }

    /** In the result's order; what only arrays of 1 have is of size 1. */
    private void give(Term term, List<Character> result, Map<Character, Integer> sizes) {
        List<Character> there = result.stream().filter(term::has).toList();
        Value ordered = ordered(term, there).value();
        Dims wanted = new Dims(result.stream().map(sizes::get).toList());
        node.result(new Op.Reshape(wanted), ordered);
    }
}
