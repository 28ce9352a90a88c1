package dev.sepconv.generator;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A method of a generated class.
 *
 * @param doc its documentation's paragraphs
 * @param modifiers such as {@code private static}
 */
record Method(List<String> doc, String modifiers, String name, String parameters,
        Consumer<Source> body) {

    /** A tile: private, with those of the parameters that its body uses. */
    static Method tile(String why, String name, String parameters, Consumer<Source> body) {
        Source scratch = new Source();
        body.accept(scratch);
        String used = Stream.of(parameters.split(", ")).filter(parameter -> Pattern
                .compile("\\b" + names(parameter) + "\\b").matcher(scratch.toString()).find())
                .collect(Collectors.joining(", "));
        return new Method(List.of(why), "private static", name, used, body);
    }

    /** A call with what the caller's parameters of these names are. */
    String call() {
        return "%s(%s);".formatted(name, names(parameters));
    }

    private static String names(String parameters) {
        return parameters.replaceAll("[\\w<>]+(\\[])? (\\w+)", "$2");
    }

    void write(Source source) {
        source.doc(doc).line("%s void %s(%s) {".formatted(modifiers, name, parameters));
        body.accept(source);
        source.line("}");
    }
}
