package dev.sepconv.bulk;

import dev.sepconv.io.Json;
import dev.sepconv.picture.ClassScore;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.json.JSONException;
import org.json.JSONObject;

/**
 * Rows as JSON objects, one a line:
 * {@code {"picture":"a.jpg","outputs":{"y":{"top":[{"index":3,"label":"cat","score":0.9}]}}}}, or
 * {@code {"picture":"b.jpg","error":"…"}}. An output without classes has {@code "min"},
 * {@code "max"} and {@code "mean"}, text {@code "text"} and {@code "score"}. Numbers that JSON
 * doesn't have are {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}.
 */
final class JsonRows implements RowWriter {

    private final AppendFile file;

    JsonRows(Path path) throws IOException {
        file = new AppendFile(path);
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public long length() {
        return file.length();
    }

    @Override
    public RowFiles.Done resume(Names names, int most) throws IOException {
        int rows = 0;
        int failed = 0;
        long end = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file.path()))) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.read(); c >= 0 && rows < most; c = in.read()) {
                line.write(c);
                if (c == '\n') {
                    JSONObject row = row(rows, line.toByteArray());
                    Resumption.check(file.path(), rows, row.getString("picture"), names);
                    failed += row.has("error") ? 1 : 0;
                    rows++;
                    end += line.size();
                    line.reset();
                }
            }
        }
        file.truncate(end);
        return new RowFiles.Done(rows, failed);
    }

    private JSONObject row(int index, byte[] line) throws IOException {
        try {
            if (Json.parse(line) instanceof JSONObject row
                    && row.opt("picture") instanceof String) {
                return row;
            }
        } catch (JSONException e) {
            throw noRow(index, e);
        }
        throw noRow(index, null);
    }

    private IOException noRow(int index, JSONException cause) {
        return new IOException("line %d of %s is no row of a run, so it can't go on behind it"
                .formatted(index + 1, file.path()), cause);
    }

    @Override
    public void write(Row row) throws IOException {
        file.append((text(row) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Row row) {
        String picture = "{\"picture\":" + JSONObject.quote(row.picture());
        if (row.error() != null) {
            return picture + ",\"error\":" + JSONObject.quote(row.error()) + "}";
        }
        List<String> outputs = new ArrayList<>();
        for (Answer answer : row.answers()) {
            outputs.add(JSONObject.quote(answer.output()) + ":{" + text(answer) + "}");
        }
        return picture + ",\"outputs\":{" + String.join(",", outputs) + "}}";
    }

    private static String text(Answer answer) {
        if (answer.text() != null) {
            return "\"text\":%s,\"score\":%s".formatted(JSONObject.quote(answer.text().text()),
                    number(answer.text().score()));
        }
        if (answer.top() == null) {
            return "\"min\":%s,\"max\":%s,\"mean\":%s".formatted(number(answer.min()),
                    number(answer.max()), number(answer.mean()));
        }
        List<String> top = new ArrayList<>();
        for (ClassScore each : answer.top()) {
            String label = each.label() == null
                    ? ""
                    : "\"label\":" + JSONObject.quote(each.label()) + ",";
            top.add("{\"index\":%d,%s\"score\":%s}".formatted(each.index(), label,
                    number(each.score())));
        }
        return "\"top\":[" + String.join(",", top) + "]";
    }

    private static String number(float value) {
        return Float.isFinite(value) ? Float.toString(value) : "\"" + value + "\"";
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "\"" + value + "\"";
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
