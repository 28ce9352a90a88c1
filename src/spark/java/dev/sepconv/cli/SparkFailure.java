package dev.sepconv.cli;

import dev.sepconv.io.Printable;
import java.io.IOException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;

/** What Spark says of a failure, as one sentence. */
final class SparkFailure {

    /** How a job says what its last task died of, which may be another machine's words. */
    private static final Pattern TASK = Pattern
            .compile("most recent failure: Lost task [^:]*: (?:\\(TID \\d+\\) )?([^\n]+)");
    private static final Pattern CLASS = Pattern
            .compile("^(?:[a-z]\\w*\\.)+[A-Z][\\w$]*(?:Exception|Error): ");

    private SparkFailure() {
    }

    /** It with a sentence of ours where it comes from Spark; else as it is. */
    static Throwable of(Throwable thrown) {
        if (thrown instanceof AnalysisException analysis) {
            return analysis.getMessage().startsWith("[PATH_NOT_FOUND]")
                    ? new IOException(analysis.getMessage().replaceFirst(
                            "(?s)^\\[PATH_NOT_FOUND] Path does not exist: (.*?)\\.? SQLSTATE.*",
                            "$1: there is no such file or folder"), analysis)
                    : new IOException(firstLine(analysis.getMessage()), analysis);
        }
        if (Failure.cause(thrown, SparkException.class).isEmpty()) {
            return thrown;
        }
        for (Throwable each : Stream.iterate(thrown, Objects::nonNull, Throwable::getCause).toList()
                .reversed()) {
            if (each instanceof IllegalArgumentException && each.getMessage() != null) {
                return each; // an option that no executor can follow
            }
        }
        for (Throwable each : Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .toList()) {
            Matcher task = TASK.matcher(String.valueOf(each.getMessage()));
            if (task.find()) {
                return new IOException(
                        "a task failed as often as Spark tries one: " + root(each, task.group(1)),
                        thrown);
            }
        }
        return new IOException(root(thrown, thrown.getMessage()), thrown);
    }

    /** The innermost cause's words; {@code otherwise} where there is none. */
    private static String root(Throwable thrown, String otherwise) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root == thrown || root.getMessage() == null
                ? otherwise
                : root.getMessage();
        return firstLine(
                CLASS.matcher(message.replaceFirst("^\\([^)]*\\): ", "")).replaceFirst(""));
    }

    private static String firstLine(String message) {
        return Printable.sentence(message.lines().findFirst().orElse(message));
    }
}
