package dev.sepconv.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamesTest {

    @TempDir
    Path folder;

    private List<String> find(String given, String stdin, Path... without) throws IOException {
        Names names = Names.find(given.replace("~", folder.toString()),
                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)), List.of(without));
        return IntStream.range(0, names.count())
                .mapToObj(i -> names.name(i).replace(folder.toString(), "~")).toList();
    }

    private void make(String... files) throws IOException {
        for (String file : files) {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, "x");
        }
    }

    @Test
    void aFolderIsAllBelowItByName() throws IOException {
        make("p/b.jpg", "p/a.jpg", "p/sub/c.jpg", "p/.hidden", "p/.cache/d.jpg", "p/é.jpg",
                "p/results.csv", "other/e.jpg");
        assertEquals(List.of("~/p/a.jpg", "~/p/b.jpg", "~/p/sub/c.jpg", "~/p/é.jpg"),
                find("~/p", "", folder.resolve("p/./results.csv")));
        assertEquals(List.of("~/.c/a.jpg"), findAfter(".c/a.jpg", "~/.c"));
    }

    private List<String> findAfter(String file, String given) throws IOException {
        make(file);
        return find(given, "");
    }

    @Test
    void aPatternIsTheShells() throws IOException {
        make("p/a.jpg", "p/b.JPG", "p/c.png", "p/sub/d.jpg", "p/sub/deep/e.jpg");
        assertEquals(List.of("~/p/a.jpg"), find("~/p/*.jpg", ""));
        assertEquals(List.of("~/p/a.jpg"), find("~//p/*.jpg", ""));
        assertEquals(List.of("~/p/a.jpg", "~/p/c.png"), find("~/p/?.{jpg,png}", ""));
        assertEquals(List.of("~/p/sub/d.jpg"), find("~/p/*/*.jpg", ""));
        assertEquals(List.of("~/p/sub/d.jpg", "~/p/sub/deep/e.jpg"), find("~/p/*/**.jpg", ""));
        assertEquals(List.of("~/p/b.JPG"), find("~/p/[b-c].JPG", ""));
        assertTrue(refused("~/p/*.gif").endsWith("no file's name is like that"));
        assertTrue(refused("~/p/[b").contains("is no pattern"), refused("~/p/[b"));
        assertTrue(refused("~/q/*.gif").endsWith("/q/"));
        assertTrue(refused("~/q").endsWith("/q"));
    }

    private String refused(String given) {
        return assertThrows(IOException.class, () -> find(given, "")).getMessage();
    }

    /** A list keeps its order, and may name a picture twice, or one that isn't there. */
    @Test
    void aListIsTakenAsItIs() throws IOException {
        make("p/a.jpg");
        Files.writeString(folder.resolve("list.txt"), "\ufeffz.jpg\r\n\na b.jpg\nz.jpg");
        assertEquals(List.of("z.jpg", "a b.jpg", "z.jpg"), find("~/list.txt", ""));
        assertEquals(List.of("x.jpg", "y.jpg"), find("-", "x.jpg\ny.jpg\n"));
        assertEquals(List.of("x\ny.jpg", "z.jpg"), find("-", "x\ny.jpg\0z.jpg\0"));
        assertEquals(List.of("~/p/a.jpg"), find("~/p/a.jpg", ""));
        assertTrue(refused("-").endsWith("there is no picture in it"));
        Files.write(folder.resolve("list.txt"), new byte[]{(byte) 0xff, (byte) 0xfe, 'a'});
        assertTrue(refused("~/list.txt").endsWith("is no list of names: it is no text in UTF-8"));
    }

    /** A file with a name like a pattern's is that file. */
    @Test
    void aFileIsWhatItIsCalled() throws IOException {
        make("p/a*.jpg", "p/ab.jpg");
        assertEquals(List.of("~/p/a*.jpg"), find("~/p/a*.jpg", ""));
    }
}
