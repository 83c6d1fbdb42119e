"""What goes out: the files of a release, and on which Pythons and versions of libraries it is tested."""
