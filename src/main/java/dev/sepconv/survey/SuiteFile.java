package dev.sepconv.survey;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sepconv.Shape;
import dev.sepconv.io.InputFile;
import dev.sepconv.survey.Suite.Variant;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads a suite that someone wrote: a line a convolution, such as
 * {@code separable 64x56x56 128 s2}, or a network, such as {@code mobilenet-v2 3x224x224}, or JSON
 * with a list {@code work} of objects with the keys of {@link Work}, as {@code devices.json} has
 * it.
 */
final class SuiteFile {

    /** Those of a {@link Work} that say what it is. */
    private static final List<String> KEYS = List.of("variant", "ladder", "batch", "inChannels",
            "height", "width", "outChannels", "kernel", "stride", "groups", "layout");
    /** Those that follow from the others. */
    private static final List<String> COMPUTED = List.of("id", "flops", "bytes");

    private final Path file;

    private SuiteFile(Path file) {
        this.file = file;
    }

    /**
     * @throws IllegalArgumentException if it says what can't be; the message names the file and the
     * line
     * @throws IOException if it can't be read
     */
    static List<Work> read(Path file) throws IOException {
        InputFile.check(file);
        String text;
        try {
            text = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("%s: it is no text in UTF-8".formatted(file), e);
        }
        SuiteFile suite = new SuiteFile(file);
        List<Work> work = text.stripLeading().startsWith("{")
                ? suite.json(text)
                : suite.lines(text);
        if (work.isEmpty()) {
            throw new IllegalArgumentException("%s: there is no convolution in it".formatted(file));
        }
        return work;
    }

    private List<Work> lines(String text) {
        List<Work> work = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip();
            if (!line.isEmpty()) {
                work.add(at(i + 1, () -> line(line)));
            }
        }
        return work;
    }

    /** What is refused is refused with its place. */
    private Work at(int line, Supplier<Work> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s, line %d: %s".formatted(file, line, e.getMessage()), e);
        }
    }

    private static Work line(String line) {
        String[] words = line.split("\\s+");
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("variant", words[0]);
        if (!Suite.isNetwork(words[0])) {
            Variant.of(words[0]);
        }
        if (words.length < 2 || !words[1].matches("\\d{1,9}x\\d{1,9}x\\d{1,9}")) {
            throw new IllegalArgumentException(
                    "after the variant stands %s; it must be CHANNELSxHEIGHTxWIDTH, such as 64x56x56"
                            .formatted(words.length < 2 ? "nothing" : "'" + words[1] + "'"));
        }
        String[] sizes = words[1].split("x");
        put(values, "inChannels", Integer.valueOf(sizes[0]));
        put(values, "height", Integer.valueOf(sizes[1]));
        put(values, "width", Integer.valueOf(sizes[2]));
        for (int i = 2; i < words.length; i++) {
            String word = words[i];
            if (word.matches("\\d{1,9}")) {
                put(values, "outChannels", Integer.valueOf(word));
            } else if (word.matches("[skgb]\\d{1,9}")) {
                String key = switch (word.charAt(0)) {
                    case 's' -> "stride";
                    case 'k' -> "kernel";
                    case 'g' -> "groups";
                    default -> "batch";
                };
                put(values, key, Integer.valueOf(word.substring(1)));
            } else if (word.equals("nchw") || word.equals("nhwc")) {
                put(values, "layout", word);
            } else if (word.startsWith("ladder=") && word.length() > "ladder=".length()) {
                put(values, "ladder", word.substring("ladder=".length()));
            } else {
                throw new IllegalArgumentException(
                        "'%s' is unknown; it must be a number of filters, sN (stride), kN (kernel), gN (groups), bN (batch), nchw, nhwc or ladder=NAME"
                                .formatted(word));
            }
        }
        if (Suite.isNetwork(words[0]) && values.keySet().stream().anyMatch(key -> !List
                .of("variant", "inChannels", "height", "width", "batch").contains(key))) {
            throw new IllegalArgumentException(
                    "'%s' is a network; only CHANNELSxHEIGHTxWIDTH and bN (batch) may stand behind it"
                            .formatted(words[0]));
        }
        return work(values);
    }

    private static void put(Map<String, Object> values, String key, Object value) {
        if (values.put(key, value) != null) {
            throw new IllegalArgumentException("%s is there twice".formatted(key));
        }
    }

    private List<Work> json(String text) throws IOException {
        List<Work> work = new ArrayList<>();
        boolean found = false;
        try (JsonParser parser = JsonMapper.builder().build().createParser(text)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                parser.nextToken();
                if (!key.equals("work")) {
                    parser.skipChildren();
                    continue;
                }
                found = true;
                if (!parser.isExpectedStartArrayToken()) {
                    throw new IllegalArgumentException(
                            "%s, line %d: work is no list".formatted(file, lineOf(parser)));
                }
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    work.add(object(parser));
                }
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("%s, line %d: %s".formatted(file,
                    e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                    e.getOriginalMessage()), e);
        }
        if (!found) {
            throw new IllegalArgumentException("%s: it has no list 'work'".formatted(file));
        }
        return work;
    }

    private static int lineOf(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private Work object(JsonParser parser) throws IOException {
        int line = lineOf(parser);
        if (!parser.isExpectedStartObjectToken()) {
            throw new IllegalArgumentException(
                    "%s, line %d: each of work must be an object".formatted(file, line));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int keyLine = lineOf(parser);
            JsonToken token = parser.nextToken();
            if (COMPUTED.contains(key) || token == JsonToken.VALUE_NULL) {
                parser.skipChildren();
                continue;
            }
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "%s, line %d: there is no key '%s'; it must be one of %s".formatted(file,
                                keyLine, key, String.join(", ", KEYS)));
            }
            boolean word = List.of("variant", "ladder", "layout").contains(key);
            if (token != (word ? JsonToken.VALUE_STRING : JsonToken.VALUE_NUMBER_INT)) {
                throw new IllegalArgumentException(
                        "%s, line %d: %s is %s; it must be a %s".formatted(file, keyLine, key,
                                parser.getText(), word ? "text" : "whole number"));
            }
            values.put(key, word ? parser.getText() : (Object) parser.getIntValue());
        }
        return at(line, () -> work(values));
    }

    private static Work work(Map<String, Object> values) {
        String name = (String) required(values, "variant");
        if (Suite.isNetwork(name)) {
            Work network = Suite.network(name, (int) values.getOrDefault("batch", 1),
                    (int) required(values, "height"), (int) required(values, "width"));
            int given = (int) values.getOrDefault("inChannels", network.inChannels());
            if (given != network.inChannels()) {
                throw new IllegalArgumentException(
                        "inChannels is %d; %s has %d".formatted(given, name, network.inChannels()));
            }
            return network;
        }
        Variant variant = Variant.of(name);
        int channels = (int) required(values, "inChannels");
        Shape input = new Shape((int) values.getOrDefault("batch", 1), channels,
                (int) required(values, "height"), (int) required(values, "width"));
        int filters = variant == Variant.DEPTHWISE
                ? (int) values.getOrDefault("outChannels", channels)
                : (int) required(values, "outChannels");
        return Suite.work(variant, (String) values.get("ladder"), input, filters,
                (int) values.getOrDefault("kernel", variant == Variant.POINTWISE ? 1 : 3),
                (int) values.getOrDefault("stride", 1), (int) values.getOrDefault("groups", 1),
                Suite.layout((String) values.getOrDefault("layout", "nchw")));
    }

    private static Object required(Map<String, Object> values, String key) {
        Object value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("%s is missing".formatted(key));
        }
        return value;
    }
}
