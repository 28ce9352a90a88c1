package dev.sepconv.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts sepconv again, in a process that may end or hang without harm. */
public interface Children {

    /** What is asked of a child. */
    enum Question {
        /** {@link Drivers}, without TornadoVM. */
        DRIVERS(30),
        /** {@link Probe.Devices}, with TornadoVM. */
        DEVICES(60),
        /** {@link Probe.Verified} on a device of TornadoVM's. */
        RUN(120);

        private final int seconds;

        Question(int seconds) {
            this.seconds = seconds;
        }

        /** After so many seconds a child is taken to hang. */
        public int seconds() {
            return seconds;
        }
    }

    /**
     * Asks and waits for the answer.
     *
     * @param device the device's id; empty unless it is a run
     * @throws IOException if no process can be started
     */
    Answer ask(Question question, String device) throws IOException, InterruptedException;

    /**
     * How a child ended.
     *
     * @param exitCode as shells have it: 128 and the signal's number for one that a signal ended
     * @param seconds it was given; 0 if it ended by itself
     * @param out its answer, if it ended well
     * @param err what it said besides
     */
    record Answer(int exitCode, int seconds, String out, String err) {

        private static final Map<Integer, String> SIGNALS = Map.of(4, "SIGILL", 6, "SIGABRT", 7,
                "SIGBUS", 8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");
        private static final Pattern REPORT = Pattern
                .compile("^#\\s*(/\\S*(?:hs_err|sepconv-crash)\\S*\\.log)\\s*$", Pattern.MULTILINE);
        private static final Pattern COLOUR = Pattern.compile("\\x1b\\[[0-9;]*m");
        private static final int LONGEST = 300;

        boolean good() {
            return exitCode == 0;
        }

        /** Whether it neither answered nor said why not. */
        boolean crashedOrHung() {
            return seconds > 0 || exitCode > 128;
        }

        /**
         * Why there is no answer: one sentence, or two clauses of which the second is the fix, with
         * {@code "; "} between.
         */
        String complaint() {
            if (seconds > 0) {
                return "there was no answer within %d s, and the process was ended"
                        .formatted(seconds);
            }
            if (exitCode > 128) {
                Matcher report = REPORT.matcher(out + "\n" + err);
                int signal = exitCode - 128;
                return "the process crashed (%s)%s".formatted(
                        SIGNALS.getOrDefault(signal, "signal " + signal),
                        report.find() ? ", as %s tells".formatted(report.group(1)) : "");
            }
            List<String> ours = new ArrayList<>();
            List<String> others = new ArrayList<>();
            COLOUR.matcher(err).replaceAll("").lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("NOTE: Picked up"))
                    .forEach(line -> (line.startsWith("sepconv: ") ? ours : others).add(line));
            String said = ours.isEmpty()
                    ? String.join(" ", others)
                    : ours.getLast().substring("sepconv: ".length());
            return said.isEmpty()
                    ? "the process ended with exit code " + exitCode
                    : said.length() <= LONGEST ? said : said.substring(0, LONGEST) + "…";
        }
    }
}
