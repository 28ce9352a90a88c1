package dev.sepconv.generator;

import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Java source that is written line by line, indented by its braces, at most {@link #WIDTH} columns.
 */
final class Source {

    private static final int WIDTH = 100;
    private static final int INDENT = 4;

    /** Before an operator, or a call on what a call returns. */
    private static final Pattern BREAK = Pattern.compile(" ([-+?:]|&&|\\|\\|) |(?<=\\))\\.");

    private final StringBuilder text = new StringBuilder();
    private int depth;

    /**
     * One or more lines, or an empty one. A line that ends with an opening brace indents those
     * after it, one that begins with a closing brace no longer does. What is too long is broken
     * before an operator or a call on a result, or behind a comma, in as few parentheses and as
     * late as possible.
     */
    Source line(String lines) {
        lines.strip().lines().forEach(line -> one(line, 0));
        if (lines.isBlank()) {
            text.append('\n');
        }
        return this;
    }

    /** What continues the line before. */
    Source more(String line) {
        one(line, 2 * INDENT);
        return this;
    }

    /** A line for each of the numbers 0 to {@code count - 1}. */
    Source each(int count, IntFunction<String> line) {
        IntStream.range(0, count).mapToObj(line).forEach(this::line);
        return this;
    }

    /** A documentation comment of these paragraphs, filled up to the width. */
    Source doc(List<String> paragraphs) {
        String only = "/** " + String.join(" ", paragraphs) + " */";
        if (paragraphs.size() == 1 && depth * INDENT + only.length() <= WIDTH) {
            return write(only, 0);
        }
        write("/**", 0);
        for (int i = 0; i < paragraphs.size(); i++) {
            String paragraph = paragraphs.get(i);
            if (i > 0 && !paragraph.startsWith("@")) {
                write(" *", 0);
                write(" * <p>", 0);
            } else if (i > 0 && !paragraphs.get(i - 1).startsWith("@")) {
                write(" *", 0);
            }
            fill(paragraph);
        }
        return write(" */", 0);
    }

    private void fill(String paragraph) {
        StringBuilder line = new StringBuilder(" *");
        for (String word : paragraph.split("\\s+(?![^{]*})")) {
            if (depth * INDENT + line.length() + 1 + word.length() > WIDTH) {
                write(line.toString(), 0);
                line = new StringBuilder(" *");
            }
            line.append(' ').append(word);
        }
        write(line.toString(), 0);
    }

    private void one(String line, int indent) {
        String code = line.strip();
        if (code.startsWith("}")) {
            depth--;
        }
        int more = indent;
        while (depth * INDENT + more + code.length() > WIDTH) {
            int at = breakBefore(code, WIDTH - depth * INDENT - more);
            write(code.substring(0, at).stripTrailing(), more);
            code = code.substring(at).stripLeading();
            more = indent + 2 * INDENT;
        }
        write(code, more);
        if (code.endsWith("{")) {
            depth++;
        }
    }

    /** An assignment's right side moves to the next line only where nothing else helps. */
    private static int breakBefore(String code, int room) {
        int best = 0;
        int fewest = Integer.MAX_VALUE;
        int parentheses = 0;
        boolean quoted = false;
        for (int at = 1; at <= room; at++) {
            char before = code.charAt(at - 1);
            quoted ^= before == '"';
            parentheses += before == '(' ? 1 : before == ')' ? -1 : 0;
            boolean comma = code.startsWith(", ", at - 1) && at < room;
            boolean assignment = code.startsWith(" = ", at - 2);
            int rank = assignment ? 3 : parentheses;
            if (!quoted && rank <= fewest && (comma || assignment || BREAK.matcher(code)
                    .region(at, code.length()).useTransparentBounds(true).lookingAt())) {
                fewest = rank;
                best = comma ? at + 1 : at;
            }
        }
        if (best == 0) {
            throw new IllegalArgumentException("no place to break: " + code);
        }
        return best;
    }

    /** {@code a + b}, without what is empty or 0. */
    static String sum(String... terms) {
        String sum = Stream.of(terms).filter(term -> !term.isEmpty() && !term.equals("0"))
                .collect(Collectors.joining(" + "));
        return sum.isEmpty() ? "0" : sum;
    }

    /** {@code 2 * step}, {@code step}, or nothing. */
    static String times(int count, String step) {
        return count == 0 ? "" : count == 1 ? step : count + " * " + step;
    }

    private Source write(String line, int more) {
        text.repeat(' ', line.isEmpty() ? 0 : depth * INDENT + more).append(line).append('\n');
        return this;
    }

    @Override
    public String toString() {
        if (depth != 0) {
            throw new IllegalStateException(depth + " braces are not closed:\n" + text);
        }
        return text.toString();
    }
}
