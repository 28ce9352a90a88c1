/**
 * Convolutions and small networks on CPUs and, by TornadoVM, on other devices. What is exported is
 * the API; all other packages are internal and change without notice.
 */
module dev.sepconv {
    exports dev.sepconv;
    exports dev.sepconv.picture;

    requires transitive java.desktop; // BufferedImage
    requires jdk.management;
    requires org.json;
    requires static jdk.incubator.vector;
    requires static tornado.api;
}
