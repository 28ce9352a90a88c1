package dev.sepconv.cli;

import dev.sepconv.io.Printable;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Stdout or stderr as commands have it: whatever they print, out of whichever file, nothing in it
 * can steer a terminal ({@link Printable}). What is meant to steer one goes through
 * {@link #control}.
 */
final class Console extends PrintWriter {

    private final PrintWriter terminal;

    Console(PrintWriter terminal) {
        super(new Cleaning(terminal), true);
        this.terminal = terminal;
    }

    /** The console of a command, which {@link Main} has made. */
    static Console of(PrintWriter writer) {
        return writer instanceof Console console ? console : new Console(writer);
    }

    /** Sends a sequence of our own as it is, such as a colour. */
    void control(String sequence) {
        flush();
        terminal.print(sequence);
        terminal.flush();
    }

    /** Prints text in a colour, as terminals number them. */
    void paint(String colour, String text) {
        control("\033[" + colour + "m");
        print(text);
        control("\033[0m");
    }

    private static final class Cleaning extends FilterWriter {

        Cleaning(Writer out) {
            super(out);
        }

        @Override
        public void write(int c) throws IOException {
            write(String.valueOf((char) c), 0, 1);
        }

        @Override
        public void write(char[] chars, int from, int count) throws IOException {
            write(new String(chars, from, count), 0, count);
        }

        @Override
        public void write(String text, int from, int count) throws IOException {
            int start = from;
            for (int at = from; at < from + count; at++) { // line ends and tabs of our own stay
                if (text.charAt(at) == '\n' || text.charAt(at) == '\t') {
                    out.write(Printable.text(text.substring(start, at)) + text.charAt(at));
                    start = at + 1;
                }
            }
            out.write(Printable.text(text.substring(start, from + count)));
        }
    }
}
