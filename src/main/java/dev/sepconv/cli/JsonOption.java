package dev.sepconv.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sepconv.io.Printable;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/** The option {@code --json} and what it prints. */
final class JsonOption {

    /**
     * Made when something is printed: every command is built with this class, and a mapper takes
     * longer than most of them.
     */
    private static final class Mapper {
        static final ObjectMapper INSTANCE = new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT);
    }

    @Option(names = "--json",
            description = "Print one JSON document on stdout and nothing else there.")
    boolean json;

    /** Prints a record, list or map as one JSON document. */
    static void print(PrintWriter out, Object value) {
        printText(out, text(value));
    }

    /** Prints a JSON document; names in it stay what they are and can't steer a terminal. */
    static void printText(PrintWriter out, String document) {
        out.println(Printable.json(document).strip());
    }

    /** The same document as a file has it: UTF-8. */
    static byte[] bytes(Object value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object value) {
        try {
            return Mapper.INSTANCE.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("result can't be written as JSON: " + value, e);
        }
    }
}
