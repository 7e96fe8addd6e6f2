FROM maven:3.9.11-eclipse-temurin-25 AS build
WORKDIR /build
COPY pom.xml ./
COPY proto proto
COPY db db
COPY server server
COPY client client
# Maven wants the pom of each module it knows, also of those that are not built here.
COPY bench/pom.xml bench/
RUN mvn -q -B -pl server,client/commands -am -DskipTests package

FROM eclipse-temurin:25-jre
RUN useradd --system --no-create-home --uid 10001 loadonce
# Both jars look for their libraries in lib/ beside them; the versions are the same.
COPY --from=build /build/server/target/lib /opt/loadonce/lib
COPY --from=build /build/client/commands/target/lib /opt/loadonce/lib
COPY --from=build /build/server/target/loadonce-server-*.jar /opt/loadonce/loadonce-server.jar
COPY --from=build /build/client/commands/target/loadonce-commands-*.jar /opt/loadonce/loadonce-commands.jar
COPY LICENSE NOTICE deploy/rehearse /opt/loadonce/
# A cache suits the JVM, the options and the paths that it was made with: those of this image. What
# is started without one takes longer to start, that is all.
RUN sh /opt/loadonce/rehearse java \
      /opt/loadonce/loadonce-server.jar /opt/loadonce/loadonce-commands.jar \
    || echo "no AOT cache; this image starts slowly" >&2
USER 10001:10001
# In a container, loopback would reach nobody.
ENV LOADONCE_HOST=0.0.0.0 LOADONCE_ADMIN_HOST=0.0.0.0
EXPOSE 50051 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["java", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
       "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", \
       "-XX:AOTCache=/opt/loadonce/loadonce-commands.aot", "-Xlog:aot*=off", \
       "-jar", "/opt/loadonce/loadonce-commands.jar", "check"]
# More JVM options go into JDK_JAVA_OPTIONS (-XX:AOTMode=off among them, but no -Xshare), settings of the service into LOADONCE_*.
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
            "-XX:MaxRAMPercentage=50", "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError", \
            "-XX:AOTCache=/opt/loadonce/loadonce-server.aot", "-Xlog:aot*=off", \
            "-jar", "/opt/loadonce/loadonce-server.jar"]
