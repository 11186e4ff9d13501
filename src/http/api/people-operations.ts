import type { PeopleSource } from '../people-source.ts';
import type { ReceiveFile } from '../receive-photo.ts';
import { deleteFace } from '../routes/faces/delete.ts';
import { enrolFace, enrolFaceByName, type EnrolFaceOptions } from '../routes/faces/enrol.ts';
import { listFaces } from '../routes/faces/list.ts';
import { facePhoto, facePortrait } from '../routes/faces/picture.ts';
import { exportGallery } from '../routes/gallery/export.ts';
import { importGallery } from '../routes/gallery/import.ts';
import { createPerson } from '../routes/people/create.ts';
import { deletePerson } from '../routes/people/delete.ts';
import { listPeople } from '../routes/people/list.ts';
import { mergePeople } from '../routes/people/merge.ts';
import { readPerson } from '../routes/people/read.ts';
import { renamePerson } from '../routes/people/rename.ts';
import { splitPerson } from '../routes/people/split.ts';
import type { Operation } from './operation.ts';

export interface PeopleOperationParts extends EnrolFaceOptions {
  readonly people: PeopleSource;
  readonly receiveArchive: ReceiveFile;
}

/** Everything that can be done with the people of the gallery. */
export const peopleOperations = ({
  receiveArchive,
  ...enrolment
}: PeopleOperationParts): Operation[] => {
  const { people } = enrolment;
  return [
    listPeople(people),
    createPerson(people),
    readPerson(people),
    renamePerson(people),
    deletePerson(people),
    mergePeople(people),
    splitPerson(people),
    listFaces(people),
    enrolFace(enrolment),
    enrolFaceByName(enrolment),
    deleteFace(people),
    facePortrait(people),
    facePhoto(people),
    exportGallery(people),
    importGallery(people, receiveArchive),
  ];
};
