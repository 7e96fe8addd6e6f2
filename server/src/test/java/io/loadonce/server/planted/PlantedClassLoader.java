package io.loadonce.server.planted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads the classes of this project anew, so that none of them keeps anything from an earlier check
 * and all of them see the class with the bug in it. Libraries are loaded once.
 */
final class PlantedClassLoader extends URLClassLoader {
  private static final String PROJECT = "io.loadonce.";

  /** The generated messages: no bug is planted there, and they keep nothing. */
  private static final String MESSAGES = "io.loadonce.v1.";

  PlantedClassLoader(Path planted, List<Path> classPath) {
    super(
        Stream.concat(Stream.of(planted), classPath.stream())
            .map(PlantedClassLoader::url)
            .toArray(URL[]::new),
        PlantedClassLoader.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(PROJECT) || name.startsWith(MESSAGES)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  @Override
  public void close() {
    try {
      super.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
