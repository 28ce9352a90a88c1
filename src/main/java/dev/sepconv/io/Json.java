package dev.sepconv.io;

import java.nio.charset.StandardCharsets;
import org.json.JSONException;
import org.json.JSONParserConfiguration;
import org.json.JSONTokener;

/** JSON files that the library itself reads: what {@code tune} measured, and model cards. */
public final class Json {

    private static final JSONParserConfiguration STRICT = new JSONParserConfiguration()
            .withStrictMode();

    private Json() {
    }

    /**
     * The one value that a text in UTF-8 is: {@link org.json.JSONObject},
     * {@link org.json.JSONArray}, {@link String}, {@link Number}, {@link Boolean} or
     * {@link org.json.JSONObject#NULL}.
     *
     * @throws JSONException if it is no JSON, has a name twice in one object, or is nested more
     * than 512 deep
     */
    public static Object parse(byte[] text) {
        JSONTokener tokens = new JSONTokener(
                new String(text, StandardCharsets.UTF_8).replaceFirst("^\ufeff", ""), STRICT);
        Object value = tokens.nextValue();
        if (tokens.nextClean() != 0) {
            throw tokens.syntaxError("There is more after the first value");
        }
        return value;
    }
}
