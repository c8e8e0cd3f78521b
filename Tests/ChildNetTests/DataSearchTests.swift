import Foundation
import TestSupport
import Testing

@testable import ChildNet

/// Which data set a path stands for: one in the folder, one below it, one of several, or none, and then what is there.
@Suite struct DataSearchTests {
    let folder = TemporaryFolder()

    @Test(arguments: [
        ("", "train", "-", ""), ("", "train", ".", ""), ("emnist-letters-", "test", "-", ""),
        ("emnist-byclass-", "test", "-", ".gz"), ("kmnist_", "t10k", "_", ".GZ"),
    ])
    func filesAreFoundByTheirNames(prefix: String, test: String, separator: String, ending: String) throws {
        let testPart = test == "test" ? "test" : "t10k"
        for (part, count) in [("train", 40), (testPart, 20)] {
            try folder.write("\(prefix)\(part)-images\(separator)idx3-ubyte\(ending)", idx([count, 5, 4]) { $0 % 251 })
            try folder.write("\(prefix)\(part)-labels\(separator)idx1-ubyte\(ending)", idx([count]) { $0 % 10 })
        }
        // What lies beside them does not matter, nor what macOS puts into archives.
        try folder.write("._train-images-idx3-ubyte", [0])
        try folder.write("readme.txt", "Hello")
        let data = try DataSet.named(folder.path)
        #expect(data.count(.test) == 20)
        #expect(data.name == (prefix.isEmpty ? (folder.path as NSString).lastPathComponent : String(prefix.dropLast())))
        #expect(try DataSet.named(data.source).name == data.name)
    }

    @Test(arguments: [
        "MNIST/raw/", "raw/", "cifar-10-batches-bin/", "cifar10/cifar-10-batches-bin/", "a/b/emnist-digits-",
    ])
    func dataUpToTwoFoldersDownIsFound(place: String) throws {
        if place.contains("cifar") { try folder.writeCIFAR(place) } else { try folder.writeMNIST(place) }
        try folder.makeFolder("other/empty")
        let data = try DataSet.named(folder.path)
        let name =
            [
                "MNIST/raw/": "MNIST", "raw/": (folder.path as NSString).lastPathComponent,
                "a/b/emnist-digits-": "emnist-digits",
            ][place] ?? "cifar10"
        #expect(data.name == name)
        #expect(data.source == folder.path + "/" + place.dropLast())
        #expect(try DataSet.named(data.source).source == data.source)
    }

    @Test func ofSeveralDataSetsOneMustBeNamed() throws {
        try folder.writeMNIST("MNIST/raw/")
        try folder.writeMNIST("FashionMNIST/raw/")
        try folder.writeCIFAR("cifar-10-batches-bin/")
        #expect(
            folder.problem()
                == "DATA: expected one data set, found 3 (FashionMNIST/raw, MNIST/raw, cifar-10-batches-bin): name one, as in "
                + "FashionMNIST/raw")
        #expect(try DataSet.named(folder.path + "/MNIST").name == "MNIST")
        // A loader of one kind sees only that.
        #expect(try DataSet.cifar10(in: folder.path).name == "cifar10")
        // A second way to the same folder is no second data set.
        let linked = TemporaryFolder()
        try linked.writeCIFAR("data/")
        try linked.makeLink("more", to: "data")
        #expect(try DataSet.named(linked.path).count(.test) == 25)
    }

    @Test func ofSeveralDataSetsInAFolderOneIsNamedByWhatItsFilesBeginWith() throws {
        try folder.writeMNIST("emnist-letters-", test: "test") { 1 + $0 % 20 }
        try folder.writeMNIST("emnist-digits-", test: "test")
        #expect(
            folder.problem()
                == "DATA: expected one data set, found 2 (emnist-digits, emnist-letters): name one, as in emnist-digits"
        )
        let letters = try DataSet.named(folder.path + "/emnist-letters")
        #expect(letters.name == "emnist-letters" && letters.classes == 20)
        #expect(letters.source == folder.path + "/emnist-letters")
        // One of the files does as well, and must where nothing is in front of the name.
        try folder.writeMNIST()
        try folder.writeCIFAR()
        #expect(
            folder.problem()
                == "DATA: expected one data set, found 4 (data_batch_1.bin, emnist-digits, emnist-letters, "
                + "t10k-images-idx3-ubyte): name one, as in data_batch_1.bin")
        for (file, classes) in [("t10k-images-idx3-ubyte", 10), ("emnist-letters-test-labels-idx1-ubyte", 20)] {
            let data = try DataSet.named(folder.path + "/" + file)
            #expect(data.imageShape.channels == 1 && data.classes == classes)
            #expect(try DataSet.named(data.source).source == data.source)
        }
        #expect(try DataSet.named(folder.path + "/test_batch.bin").imageShape.channels == 3)
        #expect(
            folder.problem("emnist-lettres")
                == "'emnist-lettres' is no data set: there are digits, fashion-mnist, or a folder of MNIST's or CIFAR-10's "
                + "files; beside it there are emnist-digits, emnist-letters")
    }

    @Test func theSetThatHasAllOfItsFilesIsTaken() throws {
        try folder.writeMNIST("emnist-letters-", test: "test")
        try folder.write("emnist-digits-train-images-idx3-ubyte", idx([40, 5, 4]) { $0 % 251 })
        #expect(try DataSet.named(folder.path).name == "emnist-letters")
        try folder.remove("emnist-letters-test-labels-idx1-ubyte")
        #expect(
            folder.problem("emnist-letters")
                == "DATA: expected the file emnist-letters-test-labels-idx1-ubyte, or "
                + "emnist-letters-test-labels-idx1-ubyte.gz, here")
    }

    @Test func whatHasTheNameOfAFileIsPassedOver() throws {
        // Kaggle's layout: folders with the names of files, beside the files.
        try folder.writeMNIST()
        for part in ["train", "t10k"] {
            for kind in ["images-idx3-ubyte", "labels-idx1-ubyte"] {
                let name = "\(part)-\(kind)"
                try FileManager.default.moveItem(
                    atPath: folder.path + "/" + name, toPath: folder.path + "/" + name.replacing("-idx", with: ".idx"))
                try folder.makeFolder(name)
            }
        }
        #expect(try DataSet.named(folder.path).count(.test) == 20)
        #expect(try DataSet.idx(in: folder.path).count(.test) == 20)
        // With the files in them only, they are no less good.
        for part in ["train", "t10k"] {
            for kind in ["images-idx3-ubyte", "labels-idx1-ubyte"] {
                let name = "\(part)-\(kind)"
                try FileManager.default.moveItem(
                    atPath: folder.path + "/" + name.replacing("-idx", with: ".idx"),
                    toPath: folder.path + "/" + name + "/" + name)
            }
        }
        #expect(try DataSet.named(folder.path).count(.test) == 20)
        #expect(try DataSet.named(folder.path).source == folder.path)
        let batches = TemporaryFolder()
        try batches.writeCIFAR()
        try batches.makeFolder("data_batch_2.bin")
        #expect(mkfifo(batches.path + "/data_batch_3.bin", 0o600) == 0)
        #expect(try DataSet.named(batches.path).count(.training) == 23)
    }

    @Test func whatHasTheNameOfAFileIsNamedWhereThereIsNoFile() throws {
        try folder.writeMNIST()
        try folder.remove("train-images-idx3-ubyte")
        try folder.makeFolder("train-images-idx3-ubyte")
        #expect(folder.problem() == "train-images-idx3-ubyte: expected a file, found a folder")
        try folder.remove("train-images-idx3-ubyte")
        // Opened for reading, a pipe would wait for somebody to write.
        #expect(mkfifo(folder.path + "/train-images-idx3-ubyte", 0o600) == 0)
        #expect(folder.problem() == "train-images-idx3-ubyte: expected a file, found a named pipe")
        for (target, words) in [("/dev/zero", "a device"), ("nowhere", "a link that leads to no file")] {
            try folder.remove("train-images-idx3-ubyte")
            try folder.makeLink("train-images-idx3-ubyte", to: target)
            #expect(folder.problem() == "train-images-idx3-ubyte: expected a file, found \(words)")
        }
        let batches = TemporaryFolder()
        try batches.makeFolder("bin/data_batch_1.bin")
        #expect(batches.problem() == "bin/data_batch_1.bin: expected a file, found a folder")
        try batches.makeLink("loop", to: "loop")
        #expect(batches.problem("loop")?.hasPrefix("'loop' is no data set: there are digits") == true)
    }

    @Test func linksAreFollowed() throws {
        try folder.writeMNIST("real/")
        let linked = TemporaryFolder()
        for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"] {
            try linked.makeLink(name, to: folder.path + "/real/" + name)
        }
        try linked.makeLink("t10k-labels-idx1-ubyte", to: folder.path + "/real/t10k-labels-idx1-ubyte")
        #expect(try DataSet.named(linked.path).count(.test) == 20)
        let outer = TemporaryFolder()
        try outer.makeLink("MNIST", to: folder.path)
        #expect(try DataSet.named(outer.path).source == outer.path + "/MNIST/real")
    }

    @Test(.enabled(if: getuid() != 0, "nothing is forbidden to root"))
    func whatMayNotBeReadIsNamed() throws {
        try folder.writeMNIST("raw/")
        #expect(chmod(folder.path + "/raw/train-labels-idx1-ubyte", 0) == 0)
        #expect(folder.problem() == "raw/train-labels-idx1-ubyte: the file can't be read: Permission denied")
        #expect(chmod(folder.path + "/raw", 0) == 0)
        #expect(folder.problem("raw") == "raw: the folder can't be read: Permission denied")
        #expect(folder.problem("raw/deeper") == "raw/deeper: the folder can't be read: Permission denied")
        #expect(chmod(folder.path + "/raw", 0o700) == 0)
    }

    private static let nothing =
        "DATA: expected MNIST's files, train-images-idx3-ubyte and so on, or CIFAR-10's, data_batch_1.bin and so on"

    @Test(arguments: [
        (["k49-train-imgs.npz", "k49-train-labels.npz"], "; k49-train-imgs.npz is a NumPy archive"),
        (["KMNIST/raw/k49-test-imgs.npz"], "; KMNIST/raw/k49-test-imgs.npz is a NumPy archive"),
        (["cifar-10-binary.tar.gz"], "; cifar-10-binary.tar.gz is an archive, still to be unpacked"),
        (["gzip.zip"], "; gzip.zip is an archive, still to be unpacked"),
        (["emnist-letters.mat"], "; emnist-letters.mat is a MATLAB file"),
        (["train/0/1.png"], "; train/0/1.png is an image on its own"),
        (["train.csv", "test.csv"], "; test.csv is a CSV file"),
        (["train.bin", "test.bin"], "; these files are CIFAR-100's"),
        (["train", "test", "meta"], "; these files are CIFAR-100's"),
        (["readme.txt", "train/readme", "test/readme", "meta/readme"], ""), ([], ""),
    ])
    func otherThingsAreNamed(files: [String], words: String) throws {
        for file in files { try folder.write(file, [1]) }
        #expect(folder.problem() == Self.nothing + words)
    }

    @Test func otherVersionsAreNamedWhereTheyAre() throws {
        try folder.write("cifar-10-batches-py/data_batch_1", [0x80, 2])
        #expect(
            folder.problem()
                == "cifar-10-batches-py: expected CIFAR-10's binary version, data_batch_1.bin and so on; these batches are of "
                + "another one")
        // The binary version beside it is the one to read.
        try folder.writeCIFAR("cifar-10-batches-bin/")
        #expect(try DataSet.named(folder.path).count(.test) == 25)
        let other = TemporaryFolder()
        try other.write("cifar-100-binary/train.bin", [1])
        try other.write("cifar-100-binary/test.bin", [1])
        #expect(
            other.problem()
                == Self.nothing.replacing("DATA", with: "cifar-100-binary") + "; these files are CIFAR-100's")
    }

    @Test func deepFoldersAreNotLookedThrough() throws {
        try folder.writeMNIST("one/two/three/")
        #expect(folder.problem() == Self.nothing)
        let wide = TemporaryFolder()
        for n in 0..<12 { try wide.makeFolder("\(n)/a") }
        let listing = try FolderListing(wide.path)
        #expect(listing.foldersBelow().count == 24)
        #expect(listing.foldersBelow(atMost: 15).count == 15)
    }
}
