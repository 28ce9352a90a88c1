package dev.sepconv.io;

import java.util.Locale;

/**
 * Makes text that came from elsewhere fit to be shown. Names in models, arrays and reports, and
 * names of files, may hold anything: what makes a terminal change colours or titles, ring, go back
 * over what it shows, or write from right to left.
 */
public final class Printable {

    /** Letters; what is longer is cut off, with dots. */
    public static final int LONGEST_SENTENCE = 500;
    private static final String MORE = "...";

    private Printable() {
    }

    /**
     * The text with {@code ?} for everything that isn't shown as a sign of its own; line ends are
     * such too.
     */
    public static String text(String text) {
        if (text.codePoints().allMatch(Printable::isShown)) {
            return text;
        }
        return text.codePoints().map(each -> isShown(each) ? each : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** The text on one line, of at most {@link #LONGEST_SENTENCE} letters. */
    public static String sentence(String text) {
        // before the search for line ends, which takes long on what is long
        String start = text.length() <= 4 * LONGEST_SENTENCE
                ? text
                : text.substring(0, 4 * LONGEST_SENTENCE);
        String line = text(start.strip().replaceAll("\\s*\\R\\s*", " "));
        if (line.length() <= LONGEST_SENTENCE) {
            return line;
        }
        int end = LONGEST_SENTENCE - MORE.length();
        return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end)
                + MORE;
    }

    /**
     * The same JSON document, with everything that isn't shown as JSON's {@code \}{@code u....};
     * line ends between values stay.
     */
    public static String json(String document) {
        if (document.codePoints().allMatch(each -> isShown(each) || isSpace(each))) {
            return document;
        }
        StringBuilder json = new StringBuilder();
        document.codePoints().forEach(each -> {
            if (isShown(each) || isSpace(each)) {
                json.appendCodePoint(each);
            } else {
                for (char unit : Character.toChars(each)) {
                    json.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
        });
        return json.toString();
    }

    private static boolean isSpace(int each) {
        return each == '\n' || each == '\r' || each == '\t';
    }

    /**
     * Not control characters, marks of direction and the like, separators of lines, and halves of a
     * pair that has lost the other.
     */
    public static boolean isShown(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                false;
            default -> true;
        };
    }

    /** A number and what it counts: {@code 1 channel}, {@code 2 channels}. */
    public static String count(long number, String thing) {
        return "%d %s%s".formatted(number, thing,
                number == 1 ? "" : thing.endsWith("s") ? "es" : "s");
    }
}
